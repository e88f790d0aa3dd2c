#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Reads whole small files: configuration, tokens, scripts.
package enum TextFile {
    /// The bytes of the regular file at `path`.
    ///
    /// - Parameter limit: largest size in bytes that is read.
    /// - Throws: `ConfigurationError` that names `path` and the reason: missing, no permission, a folder, too large.
    package static func read(_ path: String, limit: Int = 16 << 20) throws(ConfigurationError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ConfigurationError("\(path): \(reason(errno))") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw ConfigurationError("\(path): \(reason(errno))") }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw ConfigurationError("\(path): is a folder, expected a file") }

        // Pipes and /proc files tell no size, so the end is where read returns nothing.
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: max(4096, min(Int(status.st_size) + 1, limit + 1)))
        while true {
            let count = chunk.withUnsafeMutableBytes { readDescriptor(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw ConfigurationError("\(path): \(reason(errno))") }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= limit else { throw ConfigurationError("\(path): larger than \(limit) bytes") }
        }
    }

    /// Whether something exists at `path`.
    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private static func reason(_ code: CInt) -> String {
        switch code {
        case ENOENT: "no such file"
        case EACCES: "not readable; check its owner and permissions"
        default: String(cString: strerror(code))
        }
    }
}

// `read` inside the type means its own method; this is the system call.
private func readDescriptor(_ descriptor: CInt, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
