import Reactor
import WebSocketDeflate
import WebSocketProtocol

/// One WebSocket over a byte stream that sends every message back as it came, in either role: what Autobahn|Testsuite expects of a testee.
final class EchoConnection: ByteStreamDelegate {
    /// How the connection ended; the text is for a person.
    enum End {
        /// The opening handshake failed.
        case refused(String)
        /// The opening handshake succeeded; what came after is the suite's to judge.
        case closed(ConnectionState)
    }

    /// The suite's longest cases take minutes on a slow machine; a silent peer must not hold us for ever.
    private static let silenceLimit = Duration.seconds(60)
    private static let closeLimit = Duration.seconds(5)

    private let stream: any ByteStream
    private let reactor: Reactor
    private let ended: (End) -> Void
    private let echoes: Bool
    /// What is still to come before `machine` exists.
    private var clientHandshake: ClientHandshake?
    private var serverHandshake: ServerHandshake?
    private var machine: WebSocketMachine?
    private var output: [UInt8] = []
    private var timer: TimerToken?
    private var isEnding = false
    /// The last text received by a client that does not echo.
    private(set) var lastText = ""

    /// A client that asks for `url` over `stream`; it echoes if `echoes`, else it remembers the last text.
    init(
        client stream: any ByteStream, url: WebSocketURL, echoes: Bool, on reactor: Reactor, ended: @escaping (End) -> Void
    ) throws(HandshakeError) {
        self.stream = stream
        self.reactor = reactor
        self.ended = ended
        self.echoes = echoes
        var request = HandshakeRequest(url: url)
        request.deflateOffers = [DeflateOffer()]
        request.fields = [HeaderField("User-Agent", "autobahn-testee")]
        let handshake = try ClientHandshake(request)
        output = handshake.request
        clientHandshake = consume handshake
        start()
    }

    /// A server for one accepted stream.
    init(server stream: any ByteStream, on reactor: Reactor, ended: @escaping (End) -> Void) {
        self.stream = stream
        self.reactor = reactor
        self.ended = ended
        echoes = true
        serverHandshake = ServerHandshake()
        start()
    }

    private func start() {
        stream.delegate = self
        restartTimer(Self.silenceLimit)
        flush()
    }

    // MARK: ByteStreamDelegate

    func streamReceived(_ bytes: UnsafeRawBufferPointer) {
        if !isEnding { restartTimer(Self.silenceLimit) }
        var input = bytes
        do throws(HandshakeError) {
            if clientHandshake != nil { try openClient(&input) }
            if serverHandshake != nil { try openServer(&input) }
        } catch {
            return refuse(error)
        }
        guard machine != nil else { return flush() }
        receive(&input)
        machine?.takePendingFrames(into: &output)
        flush()
        obeyDuty()
    }

    func streamEnded(_ end: StreamEnd) {
        machine?.streamEnded()
        if let state = machine?.state {
            finish(.closed(state))
        } else {
            finish(.refused("the stream ended inside the handshake: \(clientHandshake?.interrupted() ?? .endedInHead)"))
        }
    }

    // MARK: Steps

    private func openClient(_ input: inout UnsafeRawBufferPointer) throws(HandshakeError) {
        guard let agreement = try clientHandshake?.next(&input) else { return }
        clientHandshake = nil
        open(.client, agreement.deflate)
    }

    private func openServer(_ input: inout UnsafeRawBufferPointer) throws(HandshakeError) {
        guard let request = try serverHandshake?.next(&input) else { return }
        serverHandshake = nil
        output += try request.acceptance(deflate: request.preferredDeflate)
        open(.server, request.preferredDeflate)
    }

    private func open(_ role: Role, _ deflate: DeflateParameters?) {
        do throws(ZlibFailure) {
            let compression = if let deflate { try MessageCompression.zlib(deflate, role: role) } else { nil as MessageCompression? }
            machine = WebSocketMachine(role: role, compression: compression)
        } catch {
            stream.abort()
            finish(.refused("\(error)"))
        }
    }

    private func receive(_ input: inout UnsafeRawBufferPointer) {
        do throws(WebSocketError) {
            while let event = try machine?.next(&input) ?? nil {
                switch event {
                case .text(let text):
                    if echoes { echo(.text, text) } else { lastText = String(decoding: text, as: UTF8.self) }
                case .binary(let bytes):
                    if echoes { echo(.binary, bytes) }
                case .ping, .pong, .close:
                    break
                }
                machine?.takePendingFrames(into: &output)
            }
        } catch {
            // The machine has failed the connection; its Close frame is pending.
        }
    }

    private func echo(_ kind: MessageKind, _ payload: UnsafeRawBufferPointer) {
        do throws(SendError) {
            try machine?.send(kind, payload, into: &output)
        } catch {
            // A message is an event only while the connection is open, and a received text is valid.
            preconditionFailure("cannot echo: \(error)")
        }
    }

    private func obeyDuty() {
        guard let duty = machine?.transportDuty, duty != .keepOpen, !isEnding else { return }
        isEnding = true
        restartTimer(Self.closeLimit)
        if duty == .end { stream.finish() }
    }

    private func refuse(_ error: HandshakeError) {
        if serverHandshake != nil {
            output += ServerHandshake.rejection(error)
            flush()
            stream.finish()
        } else {
            stream.abort()
        }
        finish(.refused("\(error)"))
    }

    private func flush() {
        output.withUnsafeBytes { stream.write($0) }
        output.removeAll(keepingCapacity: true)
    }

    private func restartTimer(_ limit: Duration) {
        if let timer { reactor.cancel(timer) }
        timer = reactor.schedule(after: limit) { [weak self] in self?.timePassed() }
    }

    private func timePassed() {
        timer = nil
        stream.abort()
        streamEnded(.failed("silence"))
    }

    private func finish(_ end: End) {
        if let timer { reactor.cancel(timer) }
        timer = nil
        ended(end)
    }
}
