import COpenSSL

/// What all TLS connections of one reactor thread share: OpenSSL's settings, the trust store, sessions to resume, and the
/// buffers that records and plaintext pass through. Confined to that thread.
///
/// A client always verifies the peer's chain and name. There is no way to turn that off.
package final class TLSContext {
    /// Sessions that connections of this context can resume.
    package let sessions: TLSSessionCache

    let pointer: OpaquePointer
    private let trustStore: TrustStore?
    private let transportMethod: OpaquePointer
    /// Where connections' transports write their records to.
    let output: UnsafeMutablePointer<OutgoingRecords>

    /// Where plaintext is decrypted to, 64 KiB: valid until the next read of any connection of this context.
    let plaintext: UnsafeMutableRawBufferPointer

    /// The connection that moved bytes last. It alone keeps OpenSSL's record buffers (34 KB); every other one is idle and has
    /// none. So a busy connection allocates nothing per record, and a thousand idle ones cost no buffers and no timers.
    private var active: TLSConnection?

    /// For clients: TLS 1.2 and 1.3, trusting the system's certificate authorities and those of `caFile`, a PEM file.
    ///
    /// The system's authorities are read when a handshake needs them. Throws if `caFile` cannot be read or holds no certificate.
    package convenience init(caFile: String? = nil, sessions: TLSSessionCache = TLSSessionCache()) throws(TLSFailure) {
        let trust = try TrustStore(caFile: caFile)
        do throws(TLSFailure) {
            try self.init(method: TLS_client_method(), latest: .tls13, trustStore: trust, sessions: sessions)
        } catch {
            trust.deallocate()
            throw error
        }
        SSL_CTX_set1_cert_store(pointer, trust.pointer)
        SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER) { accepted, chain in
            TLSConnection.verified(chain: chain!, accepted: accepted == 1)
            return accepted
        }
        // RFC 9525 §2: names come from the subject alternative name only; a wildcard stands for one whole label.
        X509_VERIFY_PARAM_set_hostflags(
            SSL_CTX_get0_param(pointer), CUnsignedInt(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        moonwire_ssl_ctx_set_session_cache_mode(pointer, CLong(SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL))
        SSL_CTX_sess_set_new_cb(pointer) { ssl, session in
            TLSConnection.on(ssl!)?.keep(session!)
            return 1
        }
    }

    /// For servers (tests and stand-ins for Discord): `chainPEM` holds the server's certificate and its intermediates.
    package convenience init(
        serverChainPEM chainPEM: String, privateKeyPEM: String, latest: TLSVersion = .tls13
    ) throws(TLSFailure) {
        try self.init(method: TLS_server_method(), latest: latest, trustStore: nil, sessions: TLSSessionCache())
        try useIdentity(chainPEM: chainPEM, privateKeyPEM: privateKeyPEM)
    }

    private init(
        method: OpaquePointer, latest: TLSVersion, trustStore: TrustStore?, sessions: TLSSessionCache
    ) throws(TLSFailure) {
        ERR_clear_error()
        guard let pointer = SSL_CTX_new(method) else {
            throw TLSFailure(host: nil, cause: .library(OpenSSLError.first.reason))
        }
        // Before `self` is whole: from then on a failure runs `deinit`, which frees the trust store that the caller also frees.
        guard moonwire_ssl_ctx_set_version_range(pointer, TLSVersion.tls12.openSSLNumber, latest.openSSLNumber) == 1 else {
            SSL_CTX_free(pointer)
            throw TLSFailure(host: nil, cause: .library("TLS 1.2 and later are disabled in this build"))
        }
        guard let transportMethod = RecordTransport.makeMethod() else {
            SSL_CTX_free(pointer)
            throw .outOfMemory
        }
        self.pointer = pointer
        self.trustStore = trustStore
        self.transportMethod = transportMethod
        self.sessions = sessions
        plaintext = .allocate(byteCount: 64 * 1024, alignment: 16)
        output = .allocate(capacity: 1)
        output.initialize(to: OutgoingRecords(capacity: 4 * 1024))
        moonwire_ssl_ctx_refuse_renegotiation_and_compression(pointer)
    }

    deinit {
        active = nil
        SSL_CTX_free(pointer)
        trustStore?.deallocate()
        BIO_meth_free(transportMethod)
        output.pointee.deallocate()
        output.deallocate()
        plaintext.deallocate()
    }

    private func useIdentity(chainPEM: String, privateKeyPEM: String) throws(TLSFailure) {
        func unusable(_ what: String) -> TLSFailure {
            let reason = OpenSSLError.first.reason
            ERR_clear_error()
            return TLSFailure(host: nil, cause: .identity("\(what): \(reason)"))
        }
        ERR_clear_error()
        guard let chain = Self.memory(chainPEM), let key = Self.memory(privateKeyPEM) else { throw .outOfMemory }
        defer {
            BIO_free(chain)
            BIO_free(key)
        }
        guard let certificate = PEM_read_bio_X509(chain, nil, nil, nil) else { throw unusable("no certificate") }
        defer { X509_free(certificate) }
        guard SSL_CTX_use_certificate(pointer, certificate) == 1 else { throw unusable("certificate refused") }
        while let next = PEM_read_bio_X509(chain, nil, nil, nil) {
            defer { X509_free(next) }
            guard moonwire_ssl_ctx_add_chain_certificate(pointer, next) == 1 else { throw unusable("chain refused") }
        }
        ERR_clear_error()
        guard let privateKey = PEM_read_bio_PrivateKey(key, nil, nil, nil) else { throw unusable("no private key") }
        defer { EVP_PKEY_free(privateKey) }
        guard SSL_CTX_use_PrivateKey(pointer, privateKey) == 1, SSL_CTX_check_private_key(pointer) == 1 else {
            throw unusable("the key does not belong to the certificate")
        }
    }

    private static func memory(_ text: String) -> OpaquePointer? {
        guard let bio = BIO_new(BIO_s_mem()) else { return nil }
        var text = text
        text.withUTF8 { _ = BIO_write(bio, $0.baseAddress, CInt($0.count)) }
        return bio
    }

    // MARK: What connections use

    /// A BIO over `transport`, which must outlive it.
    func makeBIO(over transport: UnsafeMutablePointer<RecordTransport>) -> OpaquePointer? {
        guard let bio = BIO_new(transportMethod) else { return nil }
        BIO_set_data(bio, transport)
        return bio
    }

    /// Notes that `connection` is about to move bytes, and takes the record buffers from the one that did before.
    func activate(_ connection: TLSConnection) {
        guard active !== connection else { return }
        active?.releaseBuffers()
        active = connection
    }

    /// Notes that `connection` is gone.
    func retire(_ connection: TLSConnection) {
        if active === connection { active = nil }
    }
}
