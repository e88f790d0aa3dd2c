import COpenSSL
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One accepted connection, blocking.
final class SecureChannel {
    private let ssl: OpaquePointer
    private let socket: CInt

    /// Takes over `socket`; `nil` when the handshake fails.
    init?(accepting socket: CInt, _ context: OpaquePointer) {
        guard let ssl = SSL_new(context) else { return nil }
        (self.ssl, self.socket) = (ssl, socket)
        guard SSL_set_fd(ssl, socket) == 1, SSL_accept(ssl) == 1 else { return nil }
    }

    deinit {
        SSL_free(ssl)
        close(socket)
    }

    /// Some bytes, appended to `buffer`; `false` at the end.
    func read(into buffer: inout [UInt8]) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 16) { room in
            let count = SSL_read(ssl, room.baseAddress, CInt(room.count))
            guard count > 0 else { return false }
            buffer.append(contentsOf: room[..<Int(count)])
            return true
        }
    }

    /// Sends `bytes` in one record for each 16 KB, or less.
    func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.isEmpty || SSL_write(ssl, bytes.baseAddress, CInt(bytes.count)) > 0
    }

    func write(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
    }

    /// A server's context with this identity, both in PEM.
    static func context(chain: String, key: String) -> OpaquePointer {
        guard let context = SSL_CTX_new(TLS_server_method()) else { preconditionFailure("no TLS context") }
        func read<T>(_ text: String, _ body: (OpaquePointer) -> T?) -> T {
            let bio = BIO_new(BIO_s_mem())
            defer { BIO_free(bio) }
            BIO_write(bio, text, CInt(text.utf8.count))
            guard let bio, let value = body(bio) else { preconditionFailure("no certificate") }
            return value
        }
        let certificate = read(chain) { PEM_read_bio_X509($0, nil, nil, nil) }
        let privateKey = read(key) { PEM_read_bio_PrivateKey($0, nil, nil, nil) }
        precondition(SSL_CTX_use_certificate(context, certificate) == 1 && SSL_CTX_use_PrivateKey(context, privateKey) == 1)
        return context
    }
}
