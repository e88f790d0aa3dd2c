import COpenSSL
import Certificates
import Reactor
import TestSupport

/// A TLS 1.3 server driven by hand, for what no honest one does.
final class HostileServer: ByteStreamDelegate {
    private let stream: MemoryStream
    private let context: OpaquePointer
    private let ssl: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer

    init(over stream: MemoryStream, certificate: IssuedCertificate) throws {
        struct NoMemory: Error {}
        guard let context = SSL_CTX_new(TLS_server_method()), let incoming = BIO_new(BIO_s_mem()),
            let outgoing = BIO_new(BIO_s_mem())
        else { throw NoMemory() }
        let chain = try TemporaryFile(certificate.chainPEM)
        let key = try TemporaryFile(certificate.privateKeyPEM)
        guard SSL_CTX_use_certificate_chain_file(context, chain.path) == 1,
            SSL_CTX_use_PrivateKey_file(context, key.path, SSL_FILETYPE_PEM) == 1, let ssl = SSL_new(context)
        else { throw NoMemory() }
        SSL_set_bio(ssl, incoming, outgoing)
        SSL_set_accept_state(ssl)
        self.stream = stream
        self.context = context
        self.ssl = ssl
        self.incoming = incoming
        self.outgoing = outgoing
        stream.delegate = self
    }

    deinit {
        SSL_free(ssl)
        SSL_CTX_free(context)
    }

    /// Demands a key update and an answer to it (RFC 8446 §4.6.3).
    func demandKeyUpdate() {
        SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED)
        SSL_do_handshake(ssl)
        flush()
    }

    func streamReceived(_ bytes: UnsafeRawBufferPointer) {
        BIO_write(incoming, bytes.baseAddress, CInt(bytes.count))
        SSL_do_handshake(ssl)
        flush()
    }

    func streamEnded(_ end: StreamEnd) {}

    private func flush() {
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while case let count = BIO_read(outgoing, &chunk, CInt(chunk.count)), count > 0 {
            chunk[..<Int(count)].withUnsafeBytes { stream.write($0) }
        }
    }
}
