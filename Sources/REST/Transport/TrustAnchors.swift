import CCurl
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Which authorities libcurl trusts: the system's, and beside them those of one more file.
///
/// A directory of hashed names is read one certificate at a time, as a chain needs them. A bundle is parsed whole, which takes
/// 30 ms and more than a megabyte: libcurl does so once for a bundle in a file, but for each connection if it is given in memory.
/// Memory is the last resort, because libcurl replaces its bundle by another file instead of adding to it.
enum TrustAnchors {
    case directory(String, additional: String?)
    case bundle(String)
    /// A bundle and the additional file in one piece.
    case memory([UInt8])
    /// What libcurl was built to use, such as the system's own verifier.
    case library

    /// Finds the system's authorities (`SSL_CERT_FILE` and `SSL_CERT_DIR`, then what libcurl was built with) and adds `caFile`.
    /// - Throws: `.configuration` if `caFile` cannot be read or holds no certificate.
    init(caFile: String?) throws(RESTError) {
        let version = ccurl_version()?.pointee
        let chosen = (bundle: Self.environment("SSL_CERT_FILE"), directory: Self.environment("SSL_CERT_DIR"))
        if chosen.bundle != nil || chosen.directory != nil {
            try self.init(directory: chosen.directory, bundle: chosen.bundle, caFile: caFile)
        } else {
            try self.init(
                directory: version?.capath.map { String(cString: $0) }, bundle: version?.cainfo.map { String(cString: $0) }, caFile: caFile)
        }
    }

    /// Prefers `directory`, if it has hashed names, to `bundle`.
    init(directory: String?, bundle: String?, caFile: String?) throws(RESTError) {
        let additional: [UInt8]? = if let caFile { try Self.certificates(in: caFile) } else { nil }
        if let directory, Self.hasHashedNames(directory) {
            self = .directory(directory, additional: caFile)
        } else if let additional, let caFile {
            guard let bundle, let bytes = Self.contents(of: bundle) else {
                throw RESTError(.configuration, "no bundle of the system's certificate authorities found to add \(caFile) to; install ca-certificates or set SSL_CERT_FILE")
            }
            self = .memory(bytes + [UInt8(ascii: "\n")] + additional)
        } else if let bundle, access(bundle, R_OK) == 0 {
            self = .bundle(bundle)
        } else {
            self = .library
        }
    }

    /// Whether OpenSSL finds certificates in `directory`: names such as `002c0b4f.0`, as its rehash command makes them.
    private static func hasHashedNames(_ directory: String) -> Bool {
        guard let stream = opendir(directory) else { return false }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            // By its address: a copy of the declared 256 bytes could run past the end of what was read.
            guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return false }
            let name = Array(String(cString: (UnsafeRawPointer(entry) + offset).assumingMemoryBound(to: CChar.self)).utf8)
            if name.count == 10, name[8...] == Array(".0".utf8)[...], name[..<8].allSatisfy(isHexDigit) { return true }
        }
        return false
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
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
