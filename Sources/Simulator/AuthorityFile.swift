#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The file through which clients come to trust the simulator: its authority's certificate, in a directory of its own.
struct AuthorityFile: Sendable {
    let path: String
    private let directory: String

    /// Writes the file below `TMPDIR`, or `/tmp`.
    init(pem: String) throws(SimulatorFailure) {
        let parent = getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var template = Array((parent + "/moonwire-simulator-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SimulatorFailure("cannot make a directory in \(parent): \(String(cString: strerror(errno)))")
        }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        path = directory + "/ca.pem"
        guard let file = fopen(path, "w") else {
            throw SimulatorFailure("cannot write \(path): \(String(cString: strerror(errno)))")
        }
        let isWritten = fputs(pem, file) >= 0
        guard fclose(file) == 0, isWritten else {
            throw SimulatorFailure("cannot write \(path): \(String(cString: strerror(errno)))")
        }
    }

    /// Removes file and directory. What is gone already does not matter.
    func remove() {
        unlink(path)
        rmdir(directory)
    }
}
