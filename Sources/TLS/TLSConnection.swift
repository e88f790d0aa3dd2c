import COpenSSL

/// Owns one OpenSSL `SSL` and folds each of its calls into a `TLSOutcome`. Knows no stream: its owner lends it records, reads
/// plaintext, and sends what `TLSContext.output` holds afterwards.
final class TLSConnection {
    private let ssl: OpaquePointer
    private let transport: UnsafeMutablePointer<RecordTransport>
    /// Kept alive because `ssl` uses its BIO method and trust store until it is freed.
    private let context: TLSContext
    /// Under which a client's sessions are kept, "host:port"; nil for a server.
    private let sessionPeer: String?
    /// Why verification refused the peer's chain, noted while the reason is at hand.
    private var verdict: TLSFailure.Cause?
    /// The first bytes the peer sent: a TLS record begins with its type, HTTP with its name.
    private var firstBytes: [UInt8] = []

    /// A client that will accept `peer` only, and resumes a session with it if there is one.
    convenience init(to peer: PeerName, port: UInt16, context: TLSContext) throws(TLSFailure) {
        let key = "\(peer.text):\(port)"
        try self.init(context: context, sessionPeer: key)
        SSL_set_connect_state(ssl)
        let parameters = SSL_get0_param(ssl)
        let named =
            if peer.isAddress {
                X509_VERIFY_PARAM_set1_ip_asc(parameters, peer.text)
            } else {
                X509_VERIFY_PARAM_set1_host(parameters, peer.text, peer.text.utf8.count)
                    & moonwire_ssl_set_server_name(ssl, peer.text)
            }
        guard named == 1 else { throw .outOfMemory }
        if let session = context.sessions.take(for: key) {
            SSL_set_session(ssl, session)
            SSL_SESSION_free(session)
        }
    }

    /// A server with the context's identity.
    convenience init(servingWith context: TLSContext) throws(TLSFailure) {
        try self.init(context: context, sessionPeer: nil)
        SSL_set_accept_state(ssl)
    }

    private init(context: TLSContext, sessionPeer: String?) throws(TLSFailure) {
        guard let ssl = SSL_new(context.pointer) else { throw .outOfMemory }
        let transport = UnsafeMutablePointer<RecordTransport>.allocate(capacity: 1)
        transport.initialize(to: RecordTransport(output: context.output))
        guard let bio = context.makeBIO(over: transport) else {
            transport.deallocate()
            SSL_free(ssl)
            throw .outOfMemory
        }
        SSL_set_bio(ssl, bio, bio)
        self.ssl = ssl
        self.transport = transport
        self.context = context
        self.sessionPeer = sessionPeer
        SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit {
        // OpenSSL marks the session of a connection that ends without close_notify as not resumable, as TLS 1.0 demanded.
        // TLS 1.2 dropped that rule (RFC 5246 §7.2.1), and a connection that broke is the one that will be made again.
        SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN)
        SSL_free(ssl)
        transport.deallocate()
    }

    // MARK: Records in, plaintext out

    /// Lends records to the calls that follow; `withdraw` ends the loan.
    func lend(_ records: UnsafeRawBufferPointer) {
        transport.pointee.lend(records)
    }

    func withdraw() {
        transport.pointee.lend(UnsafeRawBufferPointer(start: nil, count: 0))
    }

    /// Notes how the peer's answer begins, while a handshake goes on.
    func inspect(_ records: UnsafeRawBufferPointer) {
        if firstBytes.count < 5 { firstBytes.append(contentsOf: records.prefix(5 - firstBytes.count)) }
    }

    func handshake() -> TLSOutcome {
        ERR_clear_error()
        let result = SSL_do_handshake(ssl)
        guard result != 1 else {
            firstBytes = []
            // Belt and braces: OpenSSL has already failed the handshake if the chain did not verify.
            let verified = sessionPeer == nil || SSL_get_verify_result(ssl) == CLong(X509_V_OK)
            return verified ? .complete : .failed(.certificateRejected("not verified"))
        }
        return outcome(result)
    }

    /// Decrypts records into `target` until it is full (`complete`) or no further one is at hand (any other outcome).
    ///
    /// - Returns: how many bytes were decrypted, whatever the outcome, and why it stopped there.
    func read(into target: UnsafeMutableRawBufferPointer) -> (count: Int, outcome: TLSOutcome) {
        // Once for all records: a call that succeeds leaves nothing in the error queue.
        ERR_clear_error()
        var filled = 0
        while filled < target.count {
            var count = 0
            let result = SSL_read_ex(ssl, target.baseAddress! + filled, target.count - filled, &count)
            guard result == 1 else { return (filled, outcome(result)) }
            filled += count
        }
        return (filled, .complete)
    }

    /// Encrypts all of `bytes`, which must not be empty.
    func write(_ bytes: UnsafeRawBufferPointer) -> TLSOutcome {
        ERR_clear_error()
        var count = 0
        let result = SSL_write_ex(ssl, bytes.baseAddress, bytes.count, &count)
        return result == 1 ? .complete : outcome(result)
    }

    /// Writes close_notify.
    func close() {
        ERR_clear_error()
        SSL_shutdown(ssl)
    }

    /// Makes the next connection to the same peer begin with a full handshake.
    func forgetSessions() {
        if let sessionPeer { context.sessions.forget(sessionPeer) }
    }

    /// Frees OpenSSL's two record buffers unless a partial record is in one; the next call allocates them again.
    func releaseBuffers() { SSL_free_buffers(ssl) }

    private func outcome(_ result: CInt) -> TLSOutcome {
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: .incomplete
        case SSL_ERROR_ZERO_RETURN: .closed
        default: .failed(cause())
        }
    }

    // MARK: Facts about the session

    var version: TLSVersion { SSL_version(ssl) == TLS1_3_VERSION ? .tls13 : .tls12 }
    var cipherName: String { String(cString: SSL_CIPHER_get_name(SSL_get_current_cipher(ssl))) }
    var isResumed: Bool { SSL_session_reused(ssl) == 1 }

    // MARK: Called back from within OpenSSL

    /// The connection that owns `ssl`.
    static func on(_ ssl: OpaquePointer) -> TLSConnection? {
        SSL_get_ex_data(ssl, 0).map { Unmanaged<TLSConnection>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Notes why the chain was refused; the verdict itself is OpenSSL's.
    static func verified(chain: OpaquePointer, accepted: Bool) {
        guard !accepted, let ssl = X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()) else { return }
        on(OpaquePointer(ssl))?.verdict = TLSFailure.Cause(verifying: chain)
    }

    /// Takes over a reference to a session that the peer offers to resume.
    func keep(_ session: OpaquePointer) {
        if let sessionPeer { context.sessions.add(session, for: sessionPeer) } else { SSL_SESSION_free(session) }
    }

    private func cause() -> TLSFailure.Cause {
        // The newest entry is libssl's own; what the cipher or the parser below it said comes before.
        let error = OpenSSLError.last
        ERR_clear_error()
        if let verdict { return verdict }
        return TLSFailure.Cause(error, firstBytes: firstBytes)
    }
}
