import COpenSSL

/// Owns an OpenSSL `EVP_PKEY`.
final class PrivateKey {
    let pointer: OpaquePointer

    /// Generates an EC key on P-256, which every TLS 1.2 and 1.3 library accepts.
    init() throws(CertificateError) {
        guard let key = moonwire_generate_p256_key() else { throw CertificateError("generate a P-256 key") }
        pointer = key
    }

    init(pem: String) throws(CertificateError) {
        let key = PEMText.read(pem) { PEM_read_bio_PrivateKey($0, nil, nil, nil) }
        guard let key else { throw CertificateError("read the private key") }
        pointer = key
    }

    deinit { EVP_PKEY_free(pointer) }

    func pem() throws(CertificateError) -> String {
        guard let text = PEMText.write({ PEM_write_bio_PKCS8PrivateKey($0, self.pointer, nil, nil, 0, nil, nil) == 1 }) else {
            throw CertificateError("write the private key")
        }
        return text
    }
}
