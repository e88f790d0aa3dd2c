import Certificates
import TLS
import TestSupport

/// A server's certificate by an authority of the test's own, and clients that trust it.
struct TestCertificates: Sendable {
    private let chain: TemporaryFile
    private let key: TemporaryFile
    private let authority: TemporaryFile
    private let issued: IssuedCertificate

    init() throws {
        let authority = try CertificateAuthority()
        issued = try authority.issue(.loopback)
        chain = try TemporaryFile(issued.chainPEM)
        key = try TemporaryFile(issued.privateKeyPEM)
        self.authority = try TemporaryFile(authority.certificatePEM)
    }

    /// Paths of chain and key, for programs.
    var files: [String] { [chain.path, key.path] }

    func server() throws -> TLSContext { try TLSContext(serverChainPEM: issued.chainPEM, privateKeyPEM: issued.privateKeyPEM) }
    func client() throws -> TLSContext { try TLSContext(caFile: authority.path) }
}
