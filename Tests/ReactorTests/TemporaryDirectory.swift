@testable import Reactor
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A directory that is gone with its value, and the few changes that tests make in it. Paths are relative to it.
final class TemporaryDirectory {
    let path: String

    init() {
        var template = Array("/tmp/reactor-tests-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { fatalError("mkdtemp: \(IOFailure(call: "mkdtemp", code: errno))") }
        path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }

    deinit {
        Self.remove(path)
    }

    func at(_ name: String) -> String { name.isEmpty ? path : path + "/" + name }

    func write(_ name: String, _ text: String = "text") {
        let file = Descriptor(open(at(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644))
        let bytes = Array(text.utf8)
        guard put(file.rawValue, bytes) == bytes.count else { fatalError("write \(name)") }
    }

    func makeDirectory(_ name: String) {
        guard mkdir(at(name), 0o755) == 0 else { fatalError("mkdir \(name)") }
    }

    func move(_ old: String, to new: String) {
        guard rename(at(old), at(new)) == 0 else { fatalError("rename \(old)") }
    }

    func remove(_ name: String) {
        Self.remove(at(name))
    }

    private func put(_ file: CInt, _ bytes: [UInt8]) -> Int {
        bytes.withUnsafeBytes { buffer in
            #if canImport(Glibc)
            Glibc.write(file, buffer.baseAddress, buffer.count)
            #else
            Darwin.write(file, buffer.baseAddress, buffer.count)
            #endif
        }
    }

    private static func remove(_ path: String) {
        if unlink(path) == 0 { return }
        var names: [String] = []
        if let stream = opendir(path) {
            while let entry = readdir(stream) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != "." && name != ".." { names.append(name) }
            }
            closedir(stream)
        }
        for name in names { remove(path + "/" + name) }
        rmdir(path)
    }
}
