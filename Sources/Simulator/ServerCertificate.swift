import Certificates
import NIOSSL

/// The simulator's own authority and what BoringSSL needs to serve with a certificate of it.
struct ServerCertificate: Sendable {
    let authorityPEM: String
    let context: NIOSSLContext

    init() throws(SimulatorFailure) {
        do {
            let authority = try CertificateAuthority(name: "Moonwire simulator CA")
            let leaf = try authority.issue(.loopback)
            let chain = try NIOSSLCertificate.fromPEMBytes(Array(leaf.chainPEM.utf8)).map(NIOSSLCertificateSource.certificate)
            let key = try NIOSSLPrivateKey(bytes: Array(leaf.privateKeyPEM.utf8), format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            context = try NIOSSLContext(configuration: configuration)
            authorityPEM = authority.certificatePEM
        } catch {
            throw SimulatorFailure("cannot make the TLS certificate: \(error)")
        }
    }
}
