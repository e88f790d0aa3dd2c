import CCurl
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Which authorities libcurl trusts: the system's, and beside them those of one more file.
///
/// libcurl replaces its bundle by the file it is given instead of adding to it, so the sum is made here. A single file is what
/// libcurl parses once and keeps for all connections; a directory beside it would make it parse the bundle for each one.
enum TrustAnchors {
    /// One bundle.
    case bundle(String)
    /// A directory of hashed names, and the additional file if there is one.
    case directory(String, additional: String?)
    /// Bundle and additional file in one piece of memory.
    case memory([UInt8])
    /// What libcurl was built to use, such as the system's own verifier.
    case library

    /// Finds the system's authorities (`SSL_CERT_FILE` and `SSL_CERT_DIR`, then what libcurl was built with) and adds `caFile`.
    init(caFile: String?) throws(RESTError) {
        let version = ccurl_version()?.pointee
        let bundle = Self.environment("SSL_CERT_FILE") ?? version?.cainfo.map { String(cString: $0) }
        let directory = Self.environment("SSL_CERT_DIR") ?? version?.capath.map { String(cString: $0) }
        guard let caFile else {
            if let bundle, Self.isReadable(bundle) {
                self = .bundle(bundle)
            } else if let directory, Self.isReadable(directory) {
                self = .directory(directory, additional: nil)
            } else {
                self = .library
            }
            return
        }
        let additional = try Self.certificates(in: caFile)
        if let bundle, let bytes = Self.contents(of: bundle) {
            self = .memory(bytes + [UInt8(ascii: "\n")] + additional)
        } else if let directory, Self.isReadable(directory) {
            self = .directory(directory, additional: caFile)
        } else {
            throw RESTError(.configuration, "no bundle of the system's certificate authorities found to add \(caFile) to; install ca-certificates or set SSL_CERT_FILE")
        }
    }

    private static func certificates(in path: String) throws(RESTError) -> [UInt8] {
        guard let bytes = contents(of: path) else {
            throw RESTError(.configuration, "cannot read the certificate file \(path): \(String(cString: strerror(errno)))")
        }
        guard String(decoding: bytes, as: UTF8.self).contains("-----BEGIN CERTIFICATE-----") else {
            throw RESTError(.configuration, "\(path) holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)")
        }
        return bytes
    }

    private static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }

    /// The whole file, or `nil` with `errno` set.
    private static func contents(of path: String) -> [UInt8]? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { return ferror(file) == 0 ? bytes : nil }
            bytes += chunk[..<count]
        }
    }
}
