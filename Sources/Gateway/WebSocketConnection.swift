package import Reactor
package import TLS
package import WebSocketProtocol

/// A WebSocket connection as a client: TCP, a proxy's tunnel if there is one, TLS if the URL says so, the opening handshake, messages, the
/// closing handshake. Each wait has a total deadline.
///
/// The owner keeps it while it is open; one that is dropped is gone. While it opens, and after `close`, it lives on its own.
package final class WebSocketConnection: ByteStreamDelegate {
    package weak var delegate: (any WebSocketConnectionDelegate)?
    package let request: HandshakeRequest

    let reactor: Reactor
    let tls: TLSContext
    let route: ProxyRoute
    let limits: WebSocketLimits
    let deadlines: ConnectionDeadlines
    let makeCompression: ((DeflateParameters) -> MessageCompression?)?

    enum Phase {
        case idle
        case connecting
        case tunnelling
        case securing
        case upgrading
        case open
        /// A Close frame went out, or the peer failed; the stream ends within the close deadline.
        case closing
        case ended
    }

    var phase = Phase.idle
    var connector: TCPConnector?
    var stream: (any ByteStream)?
    var tunnel: ProxyConnect?
    var handshake: ClientHandshake?
    var machine: WebSocketMachine?
    private var deadline: TimerToken?
    private var output: [UInt8] = []

    /// Bytes that may wait for a peer that does not read. What a gateway client sends is small and rare; only a flood of pings comes near.
    static let unsentLimit = 1 << 20

    /// - Parameters:
    ///   - request: the URL (`ws` or `wss`) and what else the opening handshake says.
    ///   - tls: used when the URL is `wss`.
    ///   - proxy: the way to the host.
    ///   - compression: makes the engines for what was agreed on; needed when `request` offers permessage-deflate. `nil` from it, for want
    ///     of memory, fails the connection.
    package init(
        _ request: HandshakeRequest, on reactor: Reactor, tls: TLSContext, proxy: ProxyRoute = .direct, limits: WebSocketLimits = .init(),
        deadlines: ConnectionDeadlines = .init(), compression: ((DeflateParameters) -> MessageCompression?)? = nil
    ) {
        self.request = request
        self.reactor = reactor
        self.tls = tls
        route = proxy
        self.limits = limits
        self.deadlines = deadlines
        makeCompression = compression
    }

    deinit { stream?.abort() }

    /// Whether messages can be sent.
    package var isOpen: Bool { phase == .open }

    /// Whether messages are taken from the peer; see `ByteStream.isReceiving`. Without effect before the connection is open.
    package var isReceiving: Bool {
        get { stream?.isReceiving ?? true }
        set { if phase == .open { stream?.isReceiving = newValue } }
    }

    /// Frees buffers that only make the next message faster.
    package func releaseIdleBuffers() { machine?.releaseIdleBuffers() }

    // MARK: Sending

    /// Sends a message. Does nothing unless the connection is open: its end is reported to the delegate in any case.
    package func send(_ kind: MessageKind, _ payload: UnsafeRawBufferPointer) throws(SendError) {
        guard phase == .open else { return }
        try machine?.send(kind, payload, into: &output)
        writeOutput()
        refuseBacklog()
    }

    /// Ends the connection: with the closing handshake when it is open, else at once and without a further call to the delegate.
    package func close(_ code: CloseCode, reason: String = "") {
        switch phase {
        case .idle, .connecting, .tunnelling, .securing, .upgrading: return abort()
        case .closing, .ended: return
        case .open: break
        }
        do throws(SendError) {
            try machine?.close(code, reason: reason, into: &output)
        } catch {
            // The peer's Close, or its fault, was read in this very turn: the answer to that is about to be sent.
            return
        }
        beginClosing()
        writeOutput()
    }

    /// Releases everything at once. The delegate is not called again.
    package func abort() {
        delegate = nil
        end()
    }

    // MARK: ByteStreamDelegate

    package func streamReceived(_ bytes: UnsafeRawBufferPointer) {
        var input = bytes
        switch phase {
        case .open, .closing: receiveFrames(&input)
        case .tunnelling: continueTunnel(&input)
        case .upgrading: continueUpgrade(&input)
        case .idle, .connecting, .securing, .ended: break
        }
    }

    package func streamEnded(_ end: StreamEnd) {
        switch phase {
        case .open, .closing:
            machine?.streamEnded()
            report(end)
            self.end()
        case .tunnelling, .upgrading: openingInterrupted(end)
        case .idle, .connecting, .securing, .ended: break
        }
    }

    // MARK: Frames

    func receiveFrames(_ input: inout UnsafeRawBufferPointer) {
        // Loaded once: a weak reference costs as much as a frame's head. Whoever gives the delegate up also ends the messages, with `close` or
        // `abort`.
        let delegate = delegate
        while phase == .open || phase == .closing {
            do throws(WebSocketError) {
                guard let event = try machine?.next(&input) else { break }
                switch event {
                case .text(let message): delegate?.connection(self, received: .text, message)
                case .binary(let message): delegate?.connection(self, received: .binary, message)
                case .ping, .pong, .close: break
                }
            } catch {
                // The machine remembers it: `answer` sends the Close frame and reports the closure.
                break
            }
        }
        answer()
    }

    /// Writes what the machine owes the peer, and follows where that leads.
    private func answer() {
        guard phase != .ended, let duty = flushMachine() else { return }
        switch duty {
        case .keepOpen:
            refuseBacklog()
        case .awaitPeerEnd, .end:
            if phase == .open { beginClosing() }
            if case .end = duty { stream?.finish() }
            report(.clean)
        }
    }

    private func flushMachine() -> TransportDuty? {
        machine?.takePendingFrames(into: &output)
        writeOutput()
        return machine?.transportDuty
    }

    func writeOutput() {
        guard !output.isEmpty else { return }
        output.withUnsafeBytes { stream?.write($0) }
        output.removeAll(keepingCapacity: output.capacity <= 16 << 10)
    }

    private func refuseBacklog() {
        guard let unsent = stream?.unsentByteCount, unsent > Self.unsentLimit else { return }
        tell(.lost("the peer does not read: \(unsent) bytes are waiting to be sent"))
        end()
    }

    // MARK: The end

    private func report(_ end: StreamEnd) {
        switch machine?.state {
        case .closingByPeer(let received), .closed(_, let received): tell(.closed(received.code, reason: received.reason))
        case .failed(let error?): tell(.violated(error))
        case .open, .closingByUs, .failed(nil), nil: tell(.lost(end.explanation))
        }
    }

    private func tell(_ closure: ConnectionClosure) {
        let delegate = self.delegate
        self.delegate = nil
        delegate?.connectionClosed(self, closure)
    }

    private func beginClosing() {
        phase = .closing
        // No message is handed on any more, so nobody needs a pause; what ends the stream must be read.
        stream?.isReceiving = true
        setDeadline(after: deadlines.close) { $0.closeDeadlinePassed() }
    }

    private func closeDeadlinePassed() {
        tell(.lost("no answer to our Close frame"))
        end()
    }

    func fail(_ failure: ConnectionFailure) {
        guard phase != .ended else { return }
        let delegate = self.delegate
        abort()
        delegate?.connectionFailed(self, failure)
    }

    private func end() {
        phase = .ended
        cancelDeadline()
        connector?.cancel()
        connector = nil
        stream?.abort()
        stream = nil
    }

    // MARK: Deadlines

    /// The timer holds the connection until it fires or is cancelled, since the streams below hold their delegate weakly.
    func setDeadline(after wait: Duration, _ action: @escaping (WebSocketConnection) -> Void) {
        cancelDeadline()
        deadline = reactor.schedule(after: wait) { [self] in
            deadline = nil
            action(self)
        }
    }

    func cancelDeadline() {
        if let token = deadline.take() { reactor.cancel(token) }
    }
}

@available(*, unavailable) extension WebSocketConnection: Sendable {}

extension StreamEnd {
    /// The end in words.
    var explanation: String {
        switch self {
        case .clean: "the peer ended the stream without a Close frame"
        case .truncated: "the stream was cut off (no TLS close_notify)"
        case .failed(let reason): reason
        }
    }
}
