import Gateway
import Reactor
import Synchronization
import TLS
import Testing
import WebSocketDeflate
import WebSocketProtocol

/// Our connection with everything below it against servers that share no line of code with it.
@Suite("Against Python's websockets and aiohttp", .enabled(if: PythonPeer.isAvailable, "python3-websockets and python3-aiohttp are not installed"))
struct PythonWebSocketTests {
    enum Library: String, CaseIterable { case websockets, aiohttp }

    /// Servers that stay for all tests; a test that ends one, or asks what it saw, has its own.
    private static let servers = Mutex<[String: PythonPeer]>([:])
    private static let certificates = Result { try TestCertificates() }

    private static func start(_ library: Library, isSecure: Bool) throws -> PythonPeer {
        try PythonPeer("echo_server.py", [library.rawValue] + (isSecure ? certificates.get().files : []))
    }

    private static func shared(_ library: Library, isSecure: Bool) throws -> PythonPeer {
        try servers.withLock { servers in
            let name = "\(library) \(isSecure)"
            let server = try servers[name] ?? start(library, isSecure: isSecure)
            servers[name] = server
            return server
        }
    }

    /// Connects and turns until the connection has ended.
    private func run(
        _ library: Library, isSecure: Bool = false, _ path: String, _ listener: ConnectionListener, peer: PythonPeer? = nil,
        poller: PollerKind = .platformDefault, deadlines: ConnectionDeadlines = .init(), configure: (inout HandshakeRequest) -> Void = { _ in }
    ) throws {
        let port = try (peer ?? Self.shared(library, isSecure: isSecure)).port
        let table = try Turntable(poller)
        var request = HandshakeRequest(url: try WebSocketURL("\(isSecure ? "wss" : "ws")://localhost:\(port)\(path)"))
        configure(&request)
        let connection = WebSocketConnection(
            request, on: table.reactor, tls: try Self.certificates.get().client(), deadlines: deadlines,
            compression: { try? MessageCompression.zlib($0, role: .client) })
        connection.delegate = listener
        listener.connection = connection
        listener.onEnd = { table.done() }
        table.run(within: .seconds(60)) { connection.open() }
        #expect(listener.failure == nil || path == "/moved")
    }

    private static let sizes = [0, 1, 125, 126, 127, 65_535, 65_536, 1_000_003]

    /// Text of so many bytes with characters of all lengths, and bytes of all values.
    private static func sample(_ size: Int, _ kind: MessageKind) -> [UInt8] {
        if kind == .binary { return (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) } }
        let pattern = Array("aé€🌙".utf8)
        var bytes = (0..<size / pattern.count).flatMap { _ in pattern }
        bytes += [UInt8](repeating: UInt8(ascii: "z"), count: size - bytes.count)
        return bytes
    }

    private static let samples: [(kind: MessageKind, bytes: [UInt8])] = sizes.flatMap { size in
        [MessageKind.text, .binary].map { ($0, sample(size, $0)) }
    }

    @Test(
        "text and binary of every form of length come back as they went, and the closing handshake is clean",
        arguments: Library.allCases, [(false, false), (true, false), (false, true), (true, true)])
    func echo(library: Library, how: (isSecure: Bool, deflates: Bool)) throws {
        let peer = try Self.start(library, isSecure: how.isSecure)
        let listener = ConnectionListener()
        listener.onOpen = { for message in Self.samples { $0.send(message.kind, message.bytes) } }
        listener.onMessage = { if listener.messages.count == Self.samples.count { $0.close(CloseCode(rawValue: 4900), reason: "résumé") } }
        try run(library, isSecure: how.isSecure, "/echo", listener, peer: peer) { if how.deflates { $0.deflateOffers = [DeflateOffer()] } }
        #expect(listener.messages.map(\.kind) == Self.samples.map(\.kind))
        #expect(listener.messages.map(\.bytes) == Self.samples.map(\.bytes))
        #expect((listener.agreement?.deflate != nil) == how.deflates)
        // aiohttp answers every Close frame with 1000.
        let answer = CloseCode(rawValue: library == .aiohttp ? 1000 : 4900)
        if case .closed(answer, _) = listener.closure {} else { Issue.record("\(listener.closure as Any)") }
        #expect(peer.observation() == "4900")
    }

    @Test("permessage-deflate with each parameter the other end can be asked for (RFC 7692 §7.1)", arguments: Library.allCases, [
        DeflateOffer(serverForgetsContext: true), DeflateOffer(clientForgetsContext: true), DeflateOffer(serverWindowBits: 9),
        DeflateOffer(clientWindow: .bits(9)),
        DeflateOffer(serverForgetsContext: true, clientForgetsContext: true, serverWindowBits: 10, clientWindow: .unlimited),
    ])
    func deflate(library: Library, offer: DeflateOffer) throws {
        let messages = [1, 1000, 40_000, 1000].map { Self.sample($0, .text) }
        let listener = ConnectionListener()
        listener.onOpen = { for message in messages { $0.send(.text, message) } }
        listener.onMessage = { if listener.messages.count == messages.count { $0.close(.normalClosure) } }
        try run(library, "/echo", listener) { $0.deflateOffers = [offer] }
        // A server may decline what it cannot serve; what it accepts must work.
        #expect(listener.messages.map(\.bytes) == messages)
        if let agreed = listener.agreement?.deflate, let bits = offer.serverWindowBits { #expect(agreed.serverWindowBits <= bits) }
    }

    @Test("messages that come in fragments of any size", arguments: [1, 7, 1000], [false, true])
    func fragments(size: Int, deflates: Bool) throws {
        let text = Self.sample(5000, .text), bytes = Self.sample(5000, .binary)
        let listener = ConnectionListener()
        listener.onOpen = {
            $0.send(.text, text)
            $0.send(.binary, bytes)
        }
        listener.onMessage = { if listener.messages.count == 2 { $0.close(.normalClosure) } }
        try run(.websockets, "/fragments/\(size)", listener) { if deflates { $0.deflateOffers = [DeflateOffer()] } }
        #expect(listener.messages.map(\.bytes) == [text, bytes])
    }

    @Test("a ping is answered with its payload", arguments: Library.allCases) func ping(library: Library) throws {
        let listener = ConnectionListener()
        listener.onMessage = { $0.close(.normalClosure) }
        try run(library, "/ping", listener)
        #expect(listener.texts == ["pong"])
    }

    @Test("the server's close code and reason arrive", arguments: Library.allCases, [1000, 1001, 1011, 3000, 4004, 4999] as [UInt16])
    func close(library: Library, code: UInt16) throws {
        let listener = ConnectionListener()
        try run(library, "/close/\(code)", listener)
        #expect(listener.closure == .closed(CloseCode(rawValue: code), reason: "as asked"))
    }

    @Test("a message of 20 MB, compressed or not", arguments: Library.allCases, [(false, false), (true, false), (true, true)])
    func large(library: Library, how: (isSecure: Bool, deflates: Bool)) throws {
        let listener = ConnectionListener()
        listener.onMessage = { $0.close(.normalClosure) }
        try run(library, isSecure: how.isSecure, "/send/\(20 << 20)", listener) { if how.deflates { $0.deflateOffers = [DeflateOffer()] } }
        #expect(listener.messages.first?.bytes == [UInt8](repeating: 0xA5, count: 20 << 20))
    }

    @Test("a connection that is cut off is lost, with TLS a truncation", arguments: Library.allCases, [false, true])
    func cut(library: Library, isSecure: Bool) throws {
        let listener = ConnectionListener()
        try run(library, isSecure: isSecure, "/kill", listener)
        guard case .lost(let reason) = listener.closure else {
            Issue.record("\(listener.closure as Any)")
            return
        }
        #expect(reason.contains(isSecure ? "close_notify" : "without a Close frame") || reason.contains("reset"))
    }

    @Test("a server that is killed is a lost connection", arguments: Library.allCases, [false, true])
    func killed(library: Library, isSecure: Bool) throws {
        var peer: PythonPeer? = try Self.start(library, isSecure: isSecure)
        let listener = ConnectionListener()
        listener.onOpen = { $0.send("once") }
        listener.onMessage = { _ in peer?.kill() }
        try run(library, isSecure: isSecure, "/echo", listener, peer: peer)
        peer = nil
        guard case .lost = listener.closure else {
            Issue.record("\(listener.closure as Any)")
            return
        }
        #expect(listener.texts == ["once"])
    }

    @Test("a server that stops reading is given up at the close deadline", arguments: Library.allCases) func deaf(library: Library) throws {
        var deadlines = ConnectionDeadlines()
        deadlines.close = .milliseconds(100)
        let listener = ConnectionListener()
        listener.onOpen = { $0.close(.normalClosure) }
        try run(library, "/deaf", listener, deadlines: deadlines)
        #expect(listener.closure == .lost("no answer to our Close frame"))
    }

    @Test("subprotocol, extension and Origin are agreed on and seen", arguments: Library.allCases) func greeting(library: Library) throws {
        let listener = ConnectionListener()
        listener.onMessage = { $0.close(.normalClosure) }
        try run(library, "/greet", listener) {
            $0.subprotocols = ["chat.v3", "chat.v2"]
            $0.origin = "https://example.org"
            $0.deflateOffers = [DeflateOffer()]
        }
        #expect(listener.agreement?.subprotocol == "chat.v2")
        #expect(listener.texts == ["chat.v2 ['permessage-deflate'] https://example.org"])
    }

    @Test("a redirect is told, not followed", arguments: Library.allCases) func redirect(library: Library) throws {
        let listener = ConnectionListener()
        try run(library, "/moved", listener)
        guard case .upgrade(_, .refused(let refusal)) = listener.failure else {
            Issue.record("\(listener.failure as Any)")
            return
        }
        #expect(refusal.status == 302 && refusal.location == "/echo")
    }

    @Test("the same over each of the platform's pollers", arguments: PollerKind.allCases) func pollers(kind: PollerKind) throws {
        let message = Self.sample(300_000, .binary)
        let listener = ConnectionListener()
        listener.onOpen = { $0.send(.binary, message) }
        listener.onMessage = { $0.close(.normalClosure) }
        try run(.websockets, isSecure: true, "/echo", listener, poller: kind)
        #expect(listener.messages.first?.bytes == message)
    }
}
