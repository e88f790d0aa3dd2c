import Reactor
import TLS
import WebSocketProtocol

/// A server that accepts WebSockets on loopback: another end than the client under test, on the same reactor.
final class TestServer {
    private(set) var peers: [TestPeer] = []
    /// Called when a peer's opening handshake is done.
    var onOpen: (TestPeer) -> Void = { _ in }
    /// Takes raw TCP connections over instead, before anything was read.
    var onAccept: ((TCPStream) -> Void)?
    private let sink = Sink()
    private var listener: TCPListener?
    private let tls: TLSContext?

    init(on reactor: Reactor, tls: TLSContext? = nil) throws {
        self.tls = tls
        listener = try TCPListener(at: .loopback(port: 0), on: reactor) { [unowned self] stream in
            if let onAccept {
                stream.delegate = sink
                return onAccept(stream)
            }
            let peer = TestPeer(self)
            peers.append(peer)
            if let tls = self.tls {
                peer.socket = try? SecureSocket.server(over: stream, context: tls) { [weak peer] result in
                    if case .success(let socket) = result { peer?.adopt(socket) }
                }
            } else {
                peer.adopt(stream)
            }
        }
    }

    var port: UInt16 { listener?.address.port ?? 0 }
    var url: String { tls == nil ? "ws://127.0.0.1:\(port)" : "wss://localhost:\(port)" }

    func close() { listener?.close() }
}

/// Reads and forgets.
private final class Sink: ByteStreamDelegate {
    func streamReceived(_ bytes: UnsafeRawBufferPointer) {}
    func streamEnded(_ end: StreamEnd) {}
}

/// The server's end of one connection.
final class TestPeer: ByteStreamDelegate {
    private unowned let server: TestServer
    fileprivate var socket: SecureSocket?
    private(set) var stream: (any ByteStream)?
    private var handshake: ServerHandshake? = ServerHandshake()
    private var machine: WebSocketMachine?

    /// The upgrade's path and query.
    private(set) var target = ""
    private(set) var head: HTTPHead?
    var onMessage: (MessageKind, [UInt8]) -> Void = { _, _ in }
    private(set) var closeReceived: CloseCode?
    private(set) var pongs = 0
    private(set) var end: StreamEnd?
    var onEnd: () -> Void = {}
    /// Answer pings and Close frames, as a proper peer does.
    var answers = true

    fileprivate init(_ server: TestServer) { self.server = server }

    fileprivate func adopt(_ stream: any ByteStream) {
        self.stream = stream
        stream.delegate = self
    }

    // MARK: Saying things

    func send(_ text: String) { send(.text, Array(text.utf8)) }

    func send(_ kind: MessageKind, _ bytes: [UInt8], fragmentSize: Int = .max) {
        var output: [UInt8] = []
        bytes.withUnsafeBytes { try? machine?.send(kind, $0, fragmentSize: fragmentSize, into: &output) }
        write(output)
    }

    func sendFragment(_ kind: MessageKind, _ bytes: [UInt8], isLast: Bool) {
        var output: [UInt8] = []
        bytes.withUnsafeBytes { try? machine?.sendFragment(kind, $0, isLast: isLast, into: &output) }
        write(output)
    }

    func ping() {
        var output: [UInt8] = []
        try? machine?.ping(UnsafeRawBufferPointer(start: nil, count: 0), into: &output)
        write(output)
    }

    func close(_ code: UInt16, reason: String = "") {
        var output: [UInt8] = []
        try? machine?.close(CloseCode(rawValue: code), reason: reason, into: &output)
        write(output)
    }

    /// Bytes as they are, well formed or not.
    func write(_ bytes: [UInt8]) { bytes.withUnsafeBytes { stream?.write($0) } }

    /// Ends the connection without a Close frame.
    func drop() { stream?.abort() }

    // MARK: Hearing things

    func streamReceived(_ bytes: UnsafeRawBufferPointer) {
        var input = bytes
        if handshake != nil {
            guard let request = try? handshake?.next(&input) else { return }
            handshake = nil
            target = request.target
            head = request.head
            machine = WebSocketMachine(role: .server)
            if let acceptance = try? request.acceptance() { write(acceptance) }
            server.onOpen(self)
        }
        while let event = try? machine?.next(&input) {
            switch event {
            case .text(let message): onMessage(.text, Array(message))
            case .binary(let message): onMessage(.binary, Array(message))
            case .close(let code, _): closeReceived = code ?? .noStatusReceived
            case .pong: pongs += 1
            case .ping: break
            }
        }
        guard answers else { return }
        var output: [UInt8] = []
        machine?.takePendingFrames(into: &output)
        write(output)
        if closeReceived != nil { stream?.finish() }
    }

    func streamEnded(_ end: StreamEnd) {
        self.end = end
        onEnd()
        stream?.finish()
        stream?.abort()
    }
}
