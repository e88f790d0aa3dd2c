#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A directory, or a file in one, that goes with the value.
final class TemporaryFile: Sendable {
    let directory: String
    let path: String

    init(_ contents: String? = nil) throws {
        var template = Array("/tmp/moonwire-test-XXXXXX".utf8CString)
        directory = template.withUnsafeMutableBufferPointer { buffer in
            mkdtemp(buffer.baseAddress!)
            return String(cString: buffer.baseAddress!)
        }
        path = directory + "/file"
        guard let contents, let file = fopen(path, "w") else { return }
        fputs(contents, file)
        fclose(file)
    }

    deinit {
        for name in ["file", "sessions.json", "identifies.json", "sessions.json.new", "identifies.json.new", "identifies.json.lock"] {
            unlink(directory + "/" + name)
        }
        rmdir(directory)
    }

    /// The text of a file in the directory.
    func text(of name: String) -> String? {
        guard let file = fopen(directory + "/" + name, "r") else { return nil }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 1 << 16)
        let count = fread(&buffer, 1, buffer.count, file)
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The permission bits of a file in the directory.
    func mode(of name: String) -> UInt32 {
        var status = stat()
        stat(directory + "/" + name, &status)
        return UInt32(status.st_mode) & 0o777
    }
}
