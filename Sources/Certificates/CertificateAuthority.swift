import COpenSSL

/// A certificate authority that lives in memory: for tests and for the simulator, whose clients verify it as they would any other.
///
/// It keeps only PEM text, so it is a plain value: nothing to free, and any thread may issue from it.
package struct CertificateAuthority: Sendable {
    /// This authority's certificate: for a root, what a client puts into its CA file.
    package let certificatePEM: String
    /// The certificates a server sends after its own: this authority and those above it, without the root. Empty for a root.
    private let intermediatesPEM: String
    private let privateKeyPEM: String

    /// Makes a self-signed root with a fresh P-256 key.
    package init(name: String = "Moonwire local CA", validity: CertificateValidity = .current) throws(CertificateError) {
        let key = try PrivateKey()
        let certificate = try CertificateBuilder.certificate(
            for: CertificateRequest(commonName: name, validity: validity), subjectKey: key, role: .authority, issuer: nil)
        certificatePEM = try certificate.pem()
        intermediatesPEM = ""
        privateKeyPEM = try key.pem()
    }

    /// An authority out of a certificate and its key made elsewhere. Whether the certificate permits it to sign is for those to
    /// judge who verify.
    package init(certificatePEM: String, privateKeyPEM: String) {
        self.init(certificatePEM: certificatePEM, intermediatesPEM: certificatePEM, privateKeyPEM: privateKeyPEM)
    }

    private init(certificatePEM: String, intermediatesPEM: String, privateKeyPEM: String) {
        self.certificatePEM = certificatePEM
        self.intermediatesPEM = intermediatesPEM
        self.privateKeyPEM = privateKeyPEM
    }

    /// Makes an authority below this one; what it issues carries its certificate in the chain.
    package func intermediate(
        name: String = "Moonwire intermediate CA", validity: CertificateValidity = .current
    ) throws(CertificateError) -> CertificateAuthority {
        let key = try PrivateKey()
        let pem = try signed(CertificateRequest(commonName: name, validity: validity), key: key, role: .authority)
        return CertificateAuthority(
            certificatePEM: pem, intermediatesPEM: pem + intermediatesPEM, privateKeyPEM: try key.pem())
    }

    /// Signs an end-entity certificate with a fresh P-256 key.
    package func issue(_ request: CertificateRequest) throws(CertificateError) -> IssuedCertificate {
        let key = try PrivateKey()
        let pem = try signed(request, key: key, role: .server)
        return IssuedCertificate(chainPEM: pem + intermediatesPEM, privateKeyPEM: try key.pem())
    }

    /// A server certificate signed by its own key, which no authority vouches for.
    package static func selfSigned(_ request: CertificateRequest) throws(CertificateError) -> IssuedCertificate {
        let key = try PrivateKey()
        let certificate = try CertificateBuilder.certificate(for: request, subjectKey: key, role: .server, issuer: nil)
        return IssuedCertificate(chainPEM: try certificate.pem(), privateKeyPEM: try key.pem())
    }

    private func signed(
        _ request: CertificateRequest, key: PrivateKey, role: CertificateBuilder.Role
    ) throws(CertificateError) -> String {
        let issuer = CertificateBuilder.Issuer(
            certificate: try Certificate(pem: certificatePEM), key: try PrivateKey(pem: privateKeyPEM))
        return try CertificateBuilder.certificate(for: request, subjectKey: key, role: role, issuer: issuer).pem()
    }
}
