import Certificates
import TLS
import TestSupport

/// Contexts for tests: a root made once per process, clients that trust it, servers with certificates of it.
enum TestContexts {
    static let root = Result { try CertificateAuthority(name: "Moonwire test root") }
    static let loopback = Result { try root.get().issue(.loopback) }

    /// A client that trusts `root` besides the system's authorities.
    static func client(sessions: TLSSessionCache = TLSSessionCache()) throws -> TLSContext {
        let file = try TemporaryFile(root.get().certificatePEM)
        return try TLSContext(caFile: file.path, sessions: sessions)
    }

    static func server(_ certificate: IssuedCertificate? = nil, latest: TLSVersion = .tls13) throws -> TLSContext {
        let certificate = try certificate ?? loopback.get()
        return try TLSContext(
            serverChainPEM: certificate.chainPEM, privateKeyPEM: certificate.privateKeyPEM, latest: latest)
    }
}
