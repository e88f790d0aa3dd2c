import Gateway
import Reactor
import TLS
import Testing
import WebSocketProtocol

private let impatient: ConnectionDeadlines = {
    var deadlines = ConnectionDeadlines()
    deadlines.connect = .milliseconds(150)
    deadlines.proxy = .milliseconds(150)
    deadlines.tls = .milliseconds(150)
    deadlines.upgrade = .milliseconds(150)
    deadlines.close = .milliseconds(150)
    return deadlines
}()

@Suite("WebSocket connections over real sockets") struct WebSocketConnectionTests {
    private func connect(
        _ table: Turntable, _ url: String, _ listener: ConnectionListener, tls: TLSContext? = nil, proxy: ProxyRoute = .direct,
        limits: WebSocketLimits = .init(), deadlines: ConnectionDeadlines = .init()
    ) throws {
        var request = HandshakeRequest(url: try WebSocketURL(url))
        request.fields = [HeaderField("User-Agent", "test")]
        let connection = WebSocketConnection(
            request, on: table.reactor, tls: try tls ?? TLSContext(), proxy: proxy, limits: limits, deadlines: deadlines)
        connection.delegate = listener
        listener.connection = connection
        connection.open()
    }

    @Test("messages go both ways and the closing handshake ends it", arguments: [false, true]) func echo(isSecure: Bool) throws {
        let table = try Turntable()
        let contexts = isSecure ? try TestCertificates() : nil
        let server = try TestServer(on: table.reactor, tls: contexts?.server())
        let listener = ConnectionListener()
        server.onOpen = { peer in
            peer.onMessage = { [unowned peer] _, bytes in peer.send("echo " + String(decoding: bytes, as: UTF8.self)) }
        }
        listener.onOpen = { $0.send("one") }
        listener.onMessage = { $0.close(.normalClosure, reason: "bye") }
        listener.onEnd = { table.done() }
        try table.run { try connect(table, server.url + "/chat?v=10", listener, tls: contexts?.client()) }
        #expect(listener.texts == ["echo one"])
        #expect(listener.closure == .closed(.normalClosure, reason: ""))
        #expect(server.peers[0].target == "/chat?v=10")
        #expect(server.peers[0].head?.values("User-Agent") == ["test"])
        #expect(server.peers[0].closeReceived == .normalClosure)
    }

    @Test("a message that comes with the handshake's last bytes is not lost") func earlyMessage() throws {
        let table = try Turntable()
        let server = try TestServer(on: table.reactor)
        server.onOpen = { $0.send("first") }
        let listener = ConnectionListener()
        listener.onMessage = { _ in table.done() }
        try table.run { try connect(table, server.url, listener) }
        #expect(listener.texts == ["first"])
    }

    @Test("the peer's close code and reason are reported") func peerCloses() throws {
        let table = try Turntable()
        let server = try TestServer(on: table.reactor)
        server.onOpen = { $0.close(4004, reason: "no") }
        let listener = ConnectionListener()
        listener.onEnd = { table.done() }
        try table.run { try connect(table, server.url, listener) }
        #expect(listener.closure == .closed(CloseCode(rawValue: 4004), reason: "no"))
    }

    @Test("a stream that ends without a Close frame is a lost connection") func lost() throws {
        let table = try Turntable()
        let server = try TestServer(on: table.reactor)
        server.onOpen = { $0.drop() }
        let listener = ConnectionListener()
        listener.onEnd = { table.done() }
        try table.run { try connect(table, server.url, listener) }
        guard case .lost = listener.closure else { return #expect(Bool(false), "\(String(describing: listener.closure))") }
    }

    @Test("a peer that breaks the protocol is told so and reported (RFC 6455 §7.1.7)") func violation() throws {
        let table = try Turntable()
        let server = try TestServer(on: table.reactor)
        server.onOpen = { $0.write([0x83, 0x00]) }
        let listener = ConnectionListener()
        listener.onEnd = { table.when({ server.peers[0].closeReceived != nil }) { table.done() } }
        try table.run { try connect(table, server.url, listener) }
        #expect(listener.closure == .violated(.reservedOpcode(3)))
        #expect(server.peers[0].closeReceived == .protocolError)
    }

    @Test("a message over the limit is refused on its header with 1009") func tooLarge() throws {
        let table = try Turntable()
        let server = try TestServer(on: table.reactor)
        server.onOpen = { $0.send(.binary, [UInt8](repeating: 1, count: 200)) }
        let listener = ConnectionListener()
        listener.onEnd = { table.when({ server.peers[0].closeReceived != nil }) { table.done() } }
        var limits = WebSocketLimits()
        limits.frameSize = 100
        try table.run { try connect(table, server.url, listener, limits: limits) }
        #expect(listener.closure == .violated(.frameTooLarge(length: 200, limit: 100)))
        #expect(server.peers[0].closeReceived == .messageTooBig)
    }

    // Deadlines: a peer that is silent, or that sends a byte now and then, holds nobody.

    @Test("a server that never answers the upgrade", arguments: [false, true]) func slowUpgrade(drips: Bool) throws {
        let table = try Turntable()
        let server = try TestServer(on: table.reactor)
        var streams: [TCPStream] = []
        server.onAccept = { stream in
            streams.append(stream)
            if drips { Self.drip(Array("HTTP/1.1 101 Switching Protocols\r\n".utf8)[...], to: stream, on: table.reactor) }
        }
        let listener = ConnectionListener()
        listener.onEnd = { table.done() }
        try table.run { try connect(table, server.url, listener, deadlines: impatient) }
        #expect(listener.failure == .deadlinePassed(host: "127.0.0.1", .upgrade))
    }

    private static func drip(_ bytes: ArraySlice<UInt8>, to stream: TCPStream, on reactor: Reactor) {
        guard let byte = bytes.first else { return }
        withUnsafeBytes(of: byte) { stream.write($0) }
        reactor.schedule(after: .milliseconds(20)) { drip(bytes.dropFirst(), to: stream, on: reactor) }
    }

    @Test("a server that never ends the TLS handshake", arguments: [false, true]) func slowTLS(drips: Bool) throws {
        let table = try Turntable()
        let server = try TestServer(on: table.reactor)
        var streams: [TCPStream] = []
        server.onAccept = { stream in
            streams.append(stream)
            // The header of a handshake record of 16 KB, and what may be a ServerHello.
            if drips { Self.drip(([0x16, 3, 3, 0x40, 0, 2, 0, 0x3F, 0xFC, 3, 3] + [UInt8](repeating: 7, count: 1000))[...], to: stream, on: table.reactor) }
        }
        let listener = ConnectionListener()
        listener.onEnd = { table.done() }
        try table.run { try connect(table, "wss://localhost:\(server.port)", listener, deadlines: impatient) }
        #expect(listener.failure == .deadlinePassed(host: "localhost", .tls))
    }

    @Test("a server that never answers our Close frame, silent or talking on", arguments: [false, true]) func slowClose(drips: Bool) throws {
        let table = try Turntable()
        let server = try TestServer(on: table.reactor)
        server.onOpen = { peer in
            peer.answers = false
            guard drips, let stream = peer.stream as? TCPStream else { return }
            Self.drip(([0x82, 0x7E, 0x0F, 0xA0] + [UInt8](repeating: 7, count: 4000))[...], to: stream, on: table.reactor)
        }
        let listener = ConnectionListener()
        listener.onOpen = { $0.close(.normalClosure) }
        listener.onEnd = { table.done() }
        try table.run { try connect(table, server.url, listener, deadlines: impatient) }
        #expect(listener.closure == .lost("no answer to our Close frame"))
    }

    @Test("a connection whose receiving is paused still hears the answer to its Close frame", arguments: [false, true])
    func closePaused(isSecure: Bool) throws {
        let table = try Turntable()
        let contexts = isSecure ? try TestCertificates() : nil
        let server = try TestServer(on: table.reactor, tls: contexts?.server())
        server.onOpen = { $0.send("unwanted") }
        let listener = ConnectionListener()
        listener.onOpen = { connection in
            connection.isReceiving = false
            connection.close(.normalClosure)
        }
        listener.onEnd = { table.done() }
        try table.run { try connect(table, server.url, listener, tls: contexts?.client()) }
        #expect(listener.closure == .closed(.normalClosure, reason: ""))
    }

    @Test("a certificate that nobody vouches for is refused in one line") func untrusted() throws {
        let table = try Turntable()
        let server = try TestServer(on: table.reactor, tls: try TestCertificates().server())
        let listener = ConnectionListener()
        listener.onEnd = { table.done() }
        try table.run { try connect(table, server.url, listener, tls: try TestCertificates().client()) }
        guard case .tls(let failure) = listener.failure else { return #expect(Bool(false), "\(String(describing: listener.failure))") }
        #expect(!"\(failure)".contains("\n"))
    }

    @Test("a server that answers something else than 101 is refused; no redirect is followed") func redirect() throws {
        let table = try Turntable()
        let server = try TestServer(on: table.reactor)
        server.onAccept = { stream in
            let response = Array("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n".utf8)
            response.withUnsafeBytes { stream.write($0) }
        }
        let listener = ConnectionListener()
        listener.onEnd = { table.done() }
        try table.run { try connect(table, server.url, listener) }
        guard case .upgrade("127.0.0.1", .refused(let refusal)) = listener.failure else {
            return #expect(Bool(false), "\(String(describing: listener.failure))")
        }
        #expect(refusal.status == 302 && refusal.location == "/elsewhere")
    }

    @Test("nobody listens") func refused() throws {
        let table = try Turntable()
        let server = try TestServer(on: table.reactor)
        let url = server.url
        server.close()
        let listener = ConnectionListener()
        listener.onEnd = { table.done() }
        try table.run { try connect(table, url, listener) }
        guard case .connect(let failure) = listener.failure else { return #expect(Bool(false)) }
        #expect("\(failure)".contains("127.0.0.1"))
    }

    // Proxies (RFC 9110 §9.3.6)

    @Test("a tunnel through a proxy, plain and with TLS inside", arguments: [false, true]) func proxy(isSecure: Bool) throws {
        let table = try Turntable()
        let contexts = isSecure ? try TestCertificates() : nil
        let server = try TestServer(on: table.reactor, tls: contexts?.server())
        server.onOpen = { $0.send("through") }
        let proxy = try TestProxy(on: table.reactor)
        let listener = ConnectionListener()
        listener.onMessage = { _ in table.done() }
        try table.run {
            try connect(
                table, server.url, listener, tls: contexts?.client(),
                proxy: .tunnel(Proxy(host: "127.0.0.1", port: proxy.port, credentials: .init(user: "u", password: "p"))))
        }
        #expect(listener.texts == ["through"])
        let host = isSecure ? "localhost" : "127.0.0.1"
        #expect(proxy.requests.first?.hasPrefix("CONNECT \(host):\(server.port) HTTP/1.1\r\n") == true)
        #expect(proxy.requests.first?.contains("Proxy-Authorization: Basic dTpw\r\n") == true)
    }

    @Test("a proxy that refuses") func proxyRefuses() throws {
        let listener = try askProxy { stream, _ in
            Array("HTTP/1.1 407 Auth\r\nContent-Length: 0\r\n\r\n".utf8).withUnsafeBytes { stream.write($0) }
        }
        guard case .proxy("127.0.0.1", .refused(let refusal)) = listener.failure else {
            Issue.record("\(listener.failure as Any)")
            return
        }
        #expect(refusal.status == 407)
    }

    @Test("a proxy that nobody can reach is named as such") func proxyUnreachable() throws {
        let table = try Turntable()
        let server = try TestServer(on: table.reactor)
        let port = server.port
        server.close()
        let listener = ConnectionListener()
        listener.onEnd = { table.done() }
        try table.run { try connect(table, "wss://discord.invalid", listener, proxy: .tunnel(Proxy(host: "127.0.0.1", port: port))) }
        guard case .proxyConnect(let failure) = listener.failure else { return #expect(Bool(false), "\(listener.failure as Any)") }
        #expect(failure.port == port)
        #expect("\(listener.failure!)".hasPrefix("the proxy is out of reach (see HTTPS_PROXY and NO_PROXY): cannot connect to 127.0.0.1:\(port): "))
    }

    @Test("a proxy that is not spoken is not passed over") func proxyUnusable() throws {
        let table = try Turntable()
        let server = try TestServer(on: table.reactor)
        let listener = ConnectionListener()
        listener.onEnd = { table.done() }
        try table.run {
            try connect(table, server.url, listener, proxy: .unusable(variable: "ALL_PROXY"))
            #expect(listener.failure == nil, "told later")
        }
        #expect(listener.failure == .proxyUnusable(variable: "ALL_PROXY"))
        #expect(server.peers.isEmpty)
    }

    @Test("a proxy that never answers, silent or a byte at a time", arguments: [false, true]) func slowProxy(drips: Bool) throws {
        let listener = try askProxy { stream, reactor in
            if drips { Self.drip(Array("HTTP/1.1 200 Connection established\r\n".utf8)[...], to: stream, on: reactor) }
        }
        #expect(listener.failure == .deadlinePassed(host: "127.0.0.1", .proxy))
    }

    private func askProxy(_ answer: @escaping (TCPStream, Reactor) -> Void) throws -> ConnectionListener {
        let table = try Turntable()
        let server = try TestServer(on: table.reactor)
        var streams: [TCPStream] = []
        server.onAccept = { stream in
            streams.append(stream)
            answer(stream, table.reactor)
        }
        let listener = ConnectionListener()
        listener.onEnd = { table.done() }
        try table.run {
            try connect(table, "wss://discord.invalid", listener, proxy: .tunnel(Proxy(host: "127.0.0.1", port: server.port)), deadlines: impatient)
        }
        return listener
    }
}
