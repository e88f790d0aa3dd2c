import Reactor
import TLS
import WebSocketProtocol

// From nothing to an open connection.
extension WebSocketConnection {
    private var host: String { request.url.host }
    private var proxyHost: String { route.proxy?.host ?? "" }

    /// Starts to connect. The outcome comes to the delegate, never before this call returns.
    package func open() {
        precondition(phase == .idle, "a connection opens once")
        phase = .connecting
        switch route {
        case .direct: connect(to: host, port: request.url.port)
        case .tunnel(let proxy): connect(to: proxy.host, port: proxy.port)
        case .unusable(let variable): reactor.nextTurn { [self] in fail(.proxyUnusable(variable: variable)) }
        }
    }

    private func connect(to host: String, port: UInt16) {
        connector = TCPConnector.connect(
            to: host, port: port, on: reactor, deadline: reactor.now + deadlines.connect
        ) { [self] in connected($0) }
    }

    private func connected(_ result: Result<TCPStream, ConnectFailure>) {
        connector = nil
        switch result {
        case .failure(let failure):
            fail(route == .direct ? .connect(failure) : .proxyConnect(failure))
        case .success(let stream):
            self.stream = stream
            if let proxy = route.proxy { openTunnel(through: proxy, stream) } else { secure(stream) }
        }
    }

    // MARK: Proxy

    private func openTunnel(through proxy: Proxy, _ stream: any ByteStream) {
        phase = .tunnelling
        stream.delegate = self
        setDeadline(after: deadlines.proxy) { $0.fail(.deadlinePassed(host: proxy.host, .proxy)) }
        let tunnel = ProxyConnect(to: request.url, credentials: proxy.credentials)
        tunnel.request.withUnsafeBytes { stream.write($0) }
        self.tunnel = consume tunnel
    }

    func continueTunnel(_ input: inout UnsafeRawBufferPointer) {
        do throws(HandshakeError) {
            guard try tunnel?.next(&input) == true, let stream else { return }
            tunnel = nil
            secure(stream)
        } catch {
            return fail(.proxy(host: proxyHost, error))
        }
        // What followed the proxy's answer is the server's.
        guard !input.isEmpty else { return }
        if let socket = stream as? SecureSocket { socket.streamReceived(input) } else { streamReceived(input) }
    }

    // MARK: TLS

    private func secure(_ stream: any ByteStream) {
        guard request.url.isSecure else { return upgrade(over: stream) }
        phase = .securing
        setDeadline(after: deadlines.tls) { $0.fail(.deadlinePassed(host: $0.host, .tls)) }
        do throws(TLSFailure) {
            self.stream = try SecureSocket.client(over: stream, host: host, port: request.url.port, context: tls) { [weak self] in
                self?.secured($0)
            }
        } catch {
            fail(.tls(error))
        }
    }

    private func secured(_ result: Result<SecureSocket, TLSFailure>) {
        switch result {
        case .failure(let failure): fail(.tls(failure))
        case .success(let socket): upgrade(over: socket)
        }
    }

    // MARK: Upgrade

    private func upgrade(over stream: any ByteStream) {
        phase = .upgrading
        stream.delegate = self
        setDeadline(after: deadlines.upgrade) { $0.fail(.deadlinePassed(host: $0.host, .upgrade)) }
        do throws(HandshakeError) {
            let handshake = try ClientHandshake(request)
            handshake.request.withUnsafeBytes { stream.write($0) }
            self.handshake = consume handshake
        } catch {
            fail(.upgrade(host: host, error))
        }
    }

    func continueUpgrade(_ input: inout UnsafeRawBufferPointer) {
        let agreement: HandshakeAgreement
        do throws(HandshakeError) {
            guard let reached = try handshake?.next(&input) else { return }
            agreement = reached
        } catch {
            return fail(.upgrade(host: host, error))
        }
        handshake = nil
        cancelDeadline()
        var compression: MessageCompression?
        if let deflate = agreement.deflate {
            compression = makeCompression?(deflate)
            guard compression != nil else { return fail(.stream(host: host, "no memory for compression")) }
        }
        phase = .open
        machine = WebSocketMachine(role: .client, limits: limits, compression: compression)
        delegate?.connectionOpened(self, agreement)
        receiveFrames(&input)
    }

    func openingInterrupted(_ end: StreamEnd) {
        if case .failed(let reason) = end { return fail(.stream(host: host, reason)) }
        if phase == .tunnelling {
            fail(.proxy(host: proxyHost, tunnel?.interrupted() ?? .endedInHead))
        } else {
            fail(.upgrade(host: host, handshake?.interrupted() ?? .endedInHead))
        }
    }
}
