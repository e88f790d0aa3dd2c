/// One WebSocket connection after the opening handshake (RFC 6455), without I/O and without a clock.
///
/// The driver owns the byte stream and keeps this contract:
/// - On received bytes: call `next` until it returns `nil` or throws, handling each event before the next call. Then call
///   `takePendingFrames` and write what it appended. The same after a thrown error: the Close frame that fails the connection is pending.
/// - After every write that followed `next`, `send…` or `close`: obey `transportDuty`.
/// - Run a deadline from our own Close, and from a failure, until the stream has ended; abort the stream when it passes.
/// - When the stream has ended: call `streamEnded`, and read `state` for what to tell the application.
package struct WebSocketMachine: ~Copyable {
    package let role: Role
    package private(set) var state = ConnectionState.open
    private var receiver: FrameReceiver
    private var sender: FrameSender
    /// The newest ping not yet answered; an answer to it answers all before it (RFC 6455 §5.5.3). Keeps its capacity.
    private var pendingPong: [UInt8] = []
    private var owesPong = false
    /// An echo, or the Close that fails the connection. Once set it is never replaced.
    private var pendingClose: CloseFrame?

    /// - Parameters:
    ///   - compression: What the opening handshake agreed on; `nil` without permessage-deflate.
    ///   - randomness: Source of a client's masking keys. It must be unpredictable to the network (RFC 6455 §10.3); only a test passes
    ///     another than the system's.
    package init(
        role: Role, limits: WebSocketLimits = WebSocketLimits(), compression: MessageCompression? = nil,
        randomness: any RandomNumberGenerator = SystemRandomNumberGenerator()
    ) {
        self.role = role
        receiver = FrameReceiver(role: role, limits: limits, compression: compression)
        sender = FrameSender(role: role, limits: limits, compression: compression, randomness: randomness)
    }

    // MARK: Receiving

    /// Reads the next event from the front of `input`, which is advanced past what was used; `nil` means that all of it was.
    ///
    /// After the peer's Close, or a failure, everything that arrives is discarded (RFC 6455 §1.4). After our own Close only the peer's
    /// Close yields an event.
    /// - Throws: The fault that failed the connection. `state` is then `.failed` and the Close frame that says so is pending.
    package mutating func next(_ input: inout UnsafeRawBufferPointer) throws(WebSocketError) -> WebSocketEvent? {
        while true {
            let isOpen: Bool
            switch state {
            case .open:
                isOpen = true
            case .closingByUs:
                isOpen = false
            case .closingByPeer, .closed, .failed:
                input = UnsafeRawBufferPointer(rebasing: input[input.count...])
                return nil
            }
            let event: WebSocketEvent?
            do throws(WebSocketError) {
                event = try receiver.next(&input, wantsData: isOpen)
            } catch {
                fail(error)
                throw error
            }
            switch event {
            case nil, .text, .binary:
                return event
            case .ping(let payload):
                guard isOpen else { continue }
                pendingPong.removeAll(keepingCapacity: true)
                pendingPong.append(contentsOf: payload)
                owesPong = true
                return event
            case .pong:
                guard isOpen else { continue }
                return event
            case .close(let code, let reason):
                closeReceived(CloseFrame(code: code, reason: String(decoding: reason, as: UTF8.self)))
                return event
            }
        }
    }

    /// The stream has ended, cleanly or not. A connection whose closing handshake is incomplete has then failed (RFC 6455 §7.1.5).
    package mutating func streamEnded() {
        switch state {
        case .open, .closingByUs: state = .failed(nil)
        case .closingByPeer, .closed, .failed: break
        }
        owesPong = false
        pendingClose = nil
    }

    /// Frees buffers that only make the next message faster. For a connection that has been idle.
    package mutating func releaseIdleBuffers() {
        receiver.releaseIdleBuffers()
    }

    // MARK: Sending

    /// Appends a whole message to `output`.
    /// - Parameter fragmentSize: Most payload bytes in one frame; a longer message is fragmented (RFC 6455 §5.4). At least 1.
    package mutating func send(
        _ kind: MessageKind, _ payload: UnsafeRawBufferPointer, fragmentSize: Int = .max, into output: inout [UInt8]
    ) throws(SendError) {
        try requireOpen()
        try sender.appendMessage(kind, payload, fragmentSize: fragmentSize, to: &output)
    }

    /// Appends one fragment of a message whose end is not known yet. All calls up to the one with `isLast` name the same `kind`; pings, pongs and
    /// Close may be sent in between, another message may not. The text is the caller's to keep valid: a character may be cut by fragments.
    package mutating func sendFragment(
        _ kind: MessageKind, _ payload: UnsafeRawBufferPointer, isLast: Bool, into output: inout [UInt8]
    ) throws(SendError) {
        try requireOpen()
        try sender.appendFragment(kind, payload, isLast: isLast, to: &output)
    }

    /// Appends a ping of at most 125 bytes; the peer's pong repeats them.
    package mutating func ping(_ payload: UnsafeRawBufferPointer, into output: inout [UInt8]) throws(SendError) {
        try requireOpen()
        try sender.appendControl(.ping, payload, to: &output)
    }

    /// Appends an unsolicited pong of at most 125 bytes (RFC 6455 §5.5.3). Pongs that answer pings need no call.
    package mutating func pong(_ payload: UnsafeRawBufferPointer, into output: inout [UInt8]) throws(SendError) {
        try requireOpen()
        try sender.appendControl(.pong, payload, to: &output)
    }

    /// Starts the closing handshake by appending our Close frame. Nothing can be sent afterwards. The driver must start its close deadline.
    /// - Parameter reason: At most 123 bytes of UTF-8; ignored when `code` is `nil`.
    package mutating func close(_ code: CloseCode?, reason: String = "", into output: inout [UInt8]) throws(SendError) {
        try requireOpen()
        if let code, !code.isAllowedOnWire { throw .invalidCloseCode(code) }
        guard reason.utf8.count <= 123 else { throw .controlFrameTooLong(reason.utf8.count + 2) }
        let frame = CloseFrame(code: code, reason: reason)
        takePendingFrames(into: &output)
        sender.appendClose(frame, to: &output)
        state = .closingByUs(sent: frame)
    }

    /// Appends the pong and the Close that `next` left pending, if any. After a Close no pong is sent.
    package mutating func takePendingFrames(into output: inout [UInt8]) {
        if owesPong {
            owesPong = false
            pendingPong.withUnsafeBytes { sender.appendPong($0, to: &output) }
        }
        guard let close = pendingClose else { return }
        pendingClose = nil
        sender.appendClose(close, to: &output)
        if case .closingByPeer(let received) = state { state = .closed(sent: close, received: received) }
    }

    /// What the driver owes the stream once the output taken so far has been handed to it (RFC 6455 §7.1.1, §7.1.7).
    package var transportDuty: TransportDuty {
        switch state {
        case .open, .closingByUs, .closingByPeer: .keepOpen
        case .closed: role == .server ? .end : .awaitPeerEnd
        case .failed: .end
        }
    }

    // MARK: Closing

    private func requireOpen() throws(SendError) {
        guard case .open = state else { throw .closed }
    }

    private mutating func closeReceived(_ received: CloseFrame) {
        if case .closingByUs(let sent) = state {
            state = .closed(sent: sent, received: received)
        } else {
            // RFC 6455 §5.5.1: the echo usually repeats the code; the reason is the peer's own and is not sent back.
            pendingClose = CloseFrame(code: received.code)
            state = .closingByPeer(received: received)
        }
    }

    /// RFC 6455 §7.1.7. When our Close has been sent already there is nothing more to say.
    private mutating func fail(_ error: WebSocketError) {
        if case .open = state {
            // Every description is ASCII unless a decompressor's is not: cut by characters, to the 123 bytes a reason may have.
            var reason = error.description
            while reason.utf8.count > 123 { reason.removeLast() }
            pendingClose = CloseFrame(code: error.closeCode, reason: reason)
        }
        owesPong = false
        state = .failed(error)
    }
}
