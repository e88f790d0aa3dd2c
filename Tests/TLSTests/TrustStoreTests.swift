import COpenSSL
import Certificates
import TLS
import TestSupport
import Testing
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The places are set by environment variables, so each case runs in a process of its own.
@Suite("Where the system's authorities are found (openssl-env(7): SSL_CERT_DIR, SSL_CERT_FILE)")
struct TrustStoreTests {
    static let nowhere = "/nonexistent/moonwire"

    /// What a client that trusts only the system says about a server of `authority`.
    static func failure(_ client: TLSContext, _ authority: CertificateAuthority) throws -> TLSFailure.Cause? {
        let pair = try TLSPair(client: client, server: TestContexts.server(authority.issue(.loopback)))
        pair.link.run()
        return pair.clientFailure?.cause
    }

    @Test("In a bundle file, which is read when it is needed")
    func bundle() async {
        await #expect(processExitsWith: .success) {
            let authority = try CertificateAuthority(name: "In the bundle")
            let other = try CertificateAuthority(name: "Not in it")
            let file = try TemporaryFile(try CertificateAuthority(name: "Another").certificatePEM + authority.certificatePEM)
            setenv("SSL_CERT_DIR", TrustStoreTests.nowhere, 1)
            setenv("SSL_CERT_FILE", file.path, 1)
            let client = try TLSContext()
            #expect(try TrustStoreTests.failure(client, authority) == nil)
            client.sessions.removeAll()
            #expect(try TrustStoreTests.failure(client, authority) == nil)
            #expect(
                try TrustStoreTests.failure(client, other)
                    == .unknownAuthority(issuer: "CN = Not in it", trustStoreIsEmpty: false))
        }
    }

    @Test("In a directory of certificates named by the hash of their subject (openssl-rehash(1))")
    func directory() async {
        await #expect(processExitsWith: .success) {
            let authority = try CertificateAuthority(name: "In the directory")
            let other = try CertificateAuthority(name: "In neither")
            let file = try TemporaryFile(authority.certificatePEM)
            let reader = try #require(BIO_new_file(file.path, "r"))
            let certificate = try #require(PEM_read_bio_X509(reader, nil, nil, nil))
            let hash = X509_subject_name_hash(certificate)
            X509_free(certificate)
            BIO_free(reader)
            var template = Array("/tmp/moonwire-tls-XXXXXX".utf8CString)
            let directory = try #require(mkdtemp(&template).map { String(cString: $0) })
            let digits = String(hash, radix: 16)
            let link = "\(directory)/\(String(repeating: "0", count: 8 - digits.count))\(digits).0"
            symlink(file.path, link)
            defer {
                unlink(link)
                rmdir(directory)
            }
            setenv("SSL_CERT_DIR", directory, 1)
            setenv("SSL_CERT_FILE", TrustStoreTests.nowhere, 1)
            let client = try TLSContext()
            #expect(try TrustStoreTests.failure(client, authority) == nil)
            #expect(
                try TrustStoreTests.failure(client, other)
                    == .unknownAuthority(issuer: "CN = In neither", trustStoreIsEmpty: false))
        }
    }

    @Test("Nowhere: the failure says so")
    func nowhere() async {
        await #expect(processExitsWith: .success) {
            setenv("SSL_CERT_DIR", TrustStoreTests.nowhere, 1)
            setenv("SSL_CERT_FILE", TrustStoreTests.nowhere, 1)
            let authority = try CertificateAuthority(name: "Any")
            let cause = try TrustStoreTests.failure(TLSContext(), authority)
            #expect(cause == .unknownAuthority(issuer: "CN = Any", trustStoreIsEmpty: true))
            #expect(
                cause?.description == "this system has no certificate authorities to verify with; "
                    + "install the package ca-certificates or name a CA file")
        }
    }

    @Test("A CA file adds to them")
    func both() async {
        await #expect(processExitsWith: .success) {
            let system = try CertificateAuthority(name: "System")
            let own = try CertificateAuthority(name: "Own")
            let systemFile = try TemporaryFile(system.certificatePEM)
            let ownFile = try TemporaryFile(own.certificatePEM)
            setenv("SSL_CERT_DIR", TrustStoreTests.nowhere, 1)
            setenv("SSL_CERT_FILE", systemFile.path, 1)
            let client = try TLSContext(caFile: ownFile.path)
            #expect(try TrustStoreTests.failure(client, own) == nil)
            #expect(try TrustStoreTests.failure(client, system) == nil)
        }
    }
}
