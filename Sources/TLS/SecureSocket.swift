import COpenSSL
package import Reactor

/// TLS laid over another stream: encrypts what is written to it, decrypts what that stream receives.
///
/// Made by `client` or `server`; the handshake begins at once. The owner keeps the socket alive, sets `delegate` at the latest
/// in the handshake's completion, and calls `abort` when done with it, from within a callback if it likes.
///
/// A stream that ends with close_notify ended `.clean`; one whose transport ended without is `.truncated`.
package final class SecureSocket: ByteStream, ByteStreamDelegate {
    package weak var delegate: (any ByteStreamDelegate)?

    /// Told the outcome of the handshake, once, on the reactor thread; not at all if the socket is aborted first.
    package typealias Completion = (Result<SecureSocket, TLSFailure>) -> Void

    private let inner: any ByteStream
    private let context: TLSContext
    private let connection: TLSConnection
    /// The peer's name in failures.
    private let host: String?
    private var state = State.handshaking(finishing: false)
    private var completion: Completion?
    /// Plaintext written before the handshake was done.
    private var early: [UInt8] = []
    /// At most so many of the unsent bytes below are there only because of what the peer sent (alerts, key updates).
    private var unsentReplyCount = 0

    /// A peer that makes us answer and does not read the answers gets this many bytes of them, then is failed.
    private static let unsentReplyLimit = 64 * 1024

    private enum State {
        /// `finishing`: the owner has no more to write than it has written already.
        case handshaking(finishing: Bool)
        /// `reading` until the peer's close_notify, `writing` until ours.
        case open(reading: Bool, writing: Bool)
        /// Aborted or failed: nothing moves any more.
        case closed
    }

    /// Begins a client's handshake with `host` (a DNS name or an IP address) over `inner`, whose delegate the socket becomes.
    ///
    /// Throws only if `host` is not a host or memory is short; everything else comes to `completion`, after this call.
    package static func client(
        over inner: any ByteStream, host: String, port: UInt16, context: TLSContext, completion: @escaping Completion
    ) throws(TLSFailure) -> SecureSocket {
        guard let peer = PeerName(host) else { throw TLSFailure(host: host, cause: .invalidHost) }
        let connection = try TLSConnection(to: peer, port: port, context: context)
        let socket = SecureSocket(
            over: inner, connection: connection, host: peer.text, context: context, completion: completion)
        try socket.sendClientHello()
        return socket
    }

    /// Waits for a client's handshake over `inner`, whose delegate the socket becomes. `context` must be one made for servers.
    package static func server(
        over inner: any ByteStream, context: TLSContext, completion: @escaping Completion
    ) throws(TLSFailure) -> SecureSocket {
        SecureSocket(
            over: inner, connection: try TLSConnection(servingWith: context), host: nil, context: context,
            completion: completion)
    }

    private init(
        over inner: any ByteStream, connection: TLSConnection, host: String?, context: TLSContext,
        completion: @escaping Completion
    ) {
        self.inner = inner
        self.connection = connection
        self.host = host
        self.context = context
        self.completion = completion
        inner.delegate = self
    }

    deinit { context.retire(connection) }

    // MARK: Facts, once the handshake is done

    package var version: TLSVersion { connection.version }
    /// The cipher suite in OpenSSL's spelling, "TLS_AES_256_GCM_SHA384".
    package var cipherName: String { connection.cipherName }
    /// Whether the handshake resumed an earlier session.
    package var isResumed: Bool { connection.isResumed }

    // MARK: ByteStream

    package var isReceiving: Bool {
        get { inner.isReceiving }
        set { inner.isReceiving = newValue }
    }

    package var unsentByteCount: Int { inner.unsentByteCount + early.count }

    package func write(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        switch state {
        case .handshaking(finishing: false): early.append(contentsOf: bytes)
        case .open(_, writing: true): encrypt(bytes)
        case .handshaking, .open, .closed: break
        }
    }

    package func finish() {
        switch state {
        case .handshaking:
            state = .handshaking(finishing: true)
        case .open(let reading, writing: true):
            state = .open(reading: reading, writing: false)
            context.activate(connection)
            connection.close()
            flush()
            inner.finish()
        case .open, .closed:
            break
        }
    }

    package func abort() {
        guard !isClosed else { return }
        becomeClosed()
        inner.abort()
    }

    // MARK: ByteStreamDelegate of the stream below

    package func streamReceived(_ bytes: UnsafeRawBufferPointer) {
        guard !isClosed else { return }
        context.activate(connection)
        connection.lend(bytes)
        defer { connection.withdraw() }
        if case .handshaking = state {
            connection.inspect(bytes)
            advanceHandshake()
        }
        decrypt()
    }

    package func streamEnded(_ end: StreamEnd) {
        switch state {
        case .closed, .open(reading: false, _):
            break
        case .handshaking:
            if case .failed(let reason) = end { fail(.transport(reason)) } else { fail(.closedDuringHandshake) }
        case .open(reading: true, let writing):
            state = .open(reading: false, writing: writing)
            delegate?.streamEnded(end == .clean ? .truncated : end)
        }
    }

    // MARK: Handshake

    private func sendClientHello() throws(TLSFailure) {
        context.activate(connection)
        if case .failed(let cause) = connection.handshake() {
            becomeClosed()
            context.output.pointee.removeAll()
            throw TLSFailure(host: host, cause: cause)
        }
        flush()
    }

    private func advanceHandshake() {
        switch connection.handshake() {
        case .incomplete: flush()
        case .complete: handshakeCompleted()
        case .closed: fail(.closedDuringHandshake)
        case .failed(let cause): fail(cause)
        }
    }

    private func handshakeCompleted() {
        guard case .handshaking(let finishing) = state else { return }
        state = .open(reading: true, writing: true)
        flush()
        let written = early
        early = []
        written.withUnsafeBytes(encrypt)
        if finishing { finish() }
        let completion = self.completion
        self.completion = nil
        completion?(.success(self))
    }

    // MARK: Records

    /// Decrypts all that was lent, and hands the plaintext on in as few calls as the shared buffer allows: as a rule, one.
    private func decrypt() {
        while case .open(reading: true, _) = state {
            let (count, outcome) = connection.read(into: context.plaintext)
            // Before the delegate is called: what it writes to other connections passes through the same buffer.
            flushReplies()
            if count > 0, !isClosed {
                delegate?.streamReceived(UnsafeRawBufferPointer(rebasing: context.plaintext[..<count]))
            }
            switch outcome {
            case .complete: continue
            case .incomplete: return
            case .closed: peerClosed()
            case .failed(let cause): fail(cause)
            }
        }
    }

    private func peerClosed() {
        guard case .open(reading: true, let writing) = state else { return }
        state = .open(reading: false, writing: writing)
        delegate?.streamEnded(.clean)
    }

    /// Encrypts in pieces, so that the shared output buffer stays small however much is written.
    private func encrypt(_ bytes: UnsafeRawBufferPointer) {
        context.activate(connection)
        var rest = bytes[...]
        while !rest.isEmpty, !isClosed {
            let piece = rest.prefix(64 * 1024)
            rest = rest.dropFirst(piece.count)
            switch connection.write(UnsafeRawBufferPointer(rebasing: piece)) {
            case .complete: break
            case .incomplete: return fail(.library("a write asked for a read"))
            case .closed: return fail(.protocolError("the connection was closed"))
            case .failed(let cause): return fail(cause)
            }
            flush()
        }
    }

    /// Sends what OpenSSL has written since the last time, in one piece.
    private func flush() {
        guard context.output.pointee.count > 0 else { return }
        inner.write(context.output.pointee.bytes)
        context.output.pointee.removeAll()
    }

    /// As `flush`, after reading.
    private func flushReplies() {
        let count = context.output.pointee.count
        guard count > 0 else { return }
        unsentReplyCount = min(unsentReplyCount, inner.unsentByteCount) + count
        flush()
        if unsentReplyCount > Self.unsentReplyLimit {
            fail(.protocolError("it demands answers and does not read them"))
        }
    }

    // MARK: The end

    private var isClosed: Bool {
        if case .closed = state { true } else { false }
    }

    private func becomeClosed() {
        state = .closed
        early = []
        completion = nil
        context.retire(connection)
    }

    /// Sends the alert that OpenSSL may have written, gives up the stream below, and tells the owner.
    private func fail(_ cause: TLSFailure.Cause) {
        guard !isClosed else { return }
        let completion = self.completion
        connection.forgetSessions()
        becomeClosed()
        flush()
        inner.finish()
        inner.abort()
        let failure = TLSFailure(host: host, cause: cause)
        if let completion {
            completion(.failure(failure))
        } else {
            delegate?.streamEnded(.failed(failure.description))
        }
    }
}
