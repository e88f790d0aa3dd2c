/// A certificate and its private key, in the PEM form every TLS library reads.
package struct IssuedCertificate: Sendable {
    /// The end-entity certificate, then the intermediates up to, and without, the root.
    package let chainPEM: String
    /// The unencrypted PKCS #8 key (EC P-256) of the first certificate in `chainPEM`.
    package let privateKeyPEM: String

    package init(chainPEM: String, privateKeyPEM: String) {
        self.chainPEM = chainPEM
        self.privateKeyPEM = privateKeyPEM
    }
}
