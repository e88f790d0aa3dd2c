import COpenSSL

/// Owns an OpenSSL `X509`.
final class Certificate {
    let pointer: OpaquePointer

    /// An empty certificate to fill in.
    init() throws(CertificateError) {
        guard let certificate = X509_new() else { throw CertificateError("allocate a certificate") }
        pointer = certificate
    }

    init(pem: String) throws(CertificateError) {
        let certificate = PEMText.read(pem) { PEM_read_bio_X509($0, nil, nil, nil) }
        guard let certificate else { throw CertificateError("read the certificate") }
        pointer = certificate
    }

    deinit { X509_free(pointer) }

    func pem() throws(CertificateError) -> String {
        guard let text = PEMText.write({ PEM_write_bio_X509($0, self.pointer) == 1 }) else {
            throw CertificateError("write the certificate")
        }
        return text
    }
}
