import CCurl
import Testing

@testable import REST

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite("The authorities libcurl is given") struct TrustAnchorsTests {
    private static let bundle = ccurl_version()?.pointee.cainfo.map { String(cString: $0) }

    /// A directory with one file of that name, for the time of the test.
    private func withDirectory(holding name: String, _ body: (String) throws -> Void) throws {
        var template = Array("/tmp/moonwire-anchors-XXXXXX".utf8CString)
        let path = String(cString: try #require(mkdtemp(&template)))
        close(open("\(path)/\(name)", O_CREAT | O_WRONLY, 0o600))
        defer {
            unlink("\(path)/\(name)")
            rmdir(path)
        }
        try body(path)
    }

    private func count(_ bytes: [UInt8]) -> Int {
        String(decoding: bytes, as: UTF8.self).split(separator: "-----BEGIN CERTIFICATE-----", omittingEmptySubsequences: false).count - 1
    }

    @Test("a directory of hashed names is preferred; the file stands beside it")
    func directory() throws {
        try withDirectory(holding: "002c0b4f.0") { directory in
            let file = try #require(Self.bundle)
            guard case .directory(directory, additional: nil) = try TrustAnchors(directory: directory, bundle: file, caFile: nil),
                case .directory(directory, additional: file) = try TrustAnchors(directory: directory, bundle: nil, caFile: file)
            else {
                Issue.record("no directory")
                return
            }
        }
    }

    @Test("a directory without hashed names is none to OpenSSL", arguments: ["ca-certificates.crt", "002c0b4.0", "002C0B4F.0", "0123456789"])
    func unhashed(name: String) throws {
        try withDirectory(holding: name) { directory in
            let file = try #require(Self.bundle)
            guard case .bundle(file) = try TrustAnchors(directory: directory, bundle: file, caFile: nil) else {
                Issue.record("not the bundle")
                return
            }
        }
    }

    @Test("the file's authorities are added to the bundle's, not put in their place")
    func memory() throws {
        let file = try #require(Self.bundle)
        guard case .memory(let sum) = try TrustAnchors(directory: nil, bundle: file, caFile: file) else {
            Issue.record("not in memory")
            return
        }
        #expect(count(sum) > 100 && count(sum) % 2 == 0, "the system's bundle twice")
        #expect(throws: RESTError.self) { try TrustAnchors(directory: nil, bundle: "/nowhere", caFile: file) }
    }

    @Test("nothing on the system is left to the library")
    func library() throws {
        guard case .library = try TrustAnchors(directory: "/nowhere", bundle: "/nowhere/ca.pem", caFile: nil) else {
            Issue.record("something was found")
            return
        }
    }

    @Test("a CA file that cannot be used is told at the start", arguments: [("/nowhere/ca.pem", "cannot read the certificate file /nowhere/ca.pem: No such file or directory"), ("/dev/null", nil)])
    func badFile(path: String, message: String?) throws {
        let error = #expect(throws: RESTError.self) { try TrustAnchors(caFile: path) }
        #expect(error?.kind == .configuration)
        #expect(error?.message == message ?? "\(path) holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)")
    }
}
