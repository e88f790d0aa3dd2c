#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file that exists as long as this object.
final class TemporaryFile {
    struct CannotWrite: Error {}

    let path: String

    init(_ content: String) throws {
        var template = Array("\(getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp")/moonwire-tls-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw CannotWrite() }
        defer { close(descriptor) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let bytes = Array(content.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else { throw CannotWrite() }
    }

    deinit { unlink(path) }
}
