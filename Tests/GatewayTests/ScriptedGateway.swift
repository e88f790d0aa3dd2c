import CZlib
import Discord
import Gateway
import GatewayProtocol
import JSON
import Reactor
import TLS
import WebSocketProtocol

/// A gateway that does what a scenario says, and what a healthy one does where the scenario says nothing.
final class ScriptedGateway {
    let server: TestServer
    private(set) var peers: [GatewayPeer] = []
    /// What was done to the gateway, in order: `open 0`, `identify 0`, `resume 1 seq 3`, `close 0 4900`.
    private(set) var log: [String] = []
    private let encoding: PayloadEncoding

    /// The connection stands; a healthy gateway says HELLO.
    var onOpen: (GatewayPeer) -> Void = { $0.hello() }
    /// A command came; `true` when the scenario has dealt with it.
    var onCommand: (GatewayPeer, GatewayOpcode, JSONValue) -> Bool = { _, _, _ in false }
    var info = GatewayBotInfo(url: "", shards: 1, total: 1000, remaining: 1000, resetAfter: .seconds(3600), maxConcurrency: 1)

    init(on reactor: Reactor, encoding: PayloadEncoding = .json, tls: TLSContext? = nil) throws {
        self.encoding = encoding
        server = try TestServer(on: reactor, tls: tls)
        info.url = server.url
        server.onOpen = { [unowned self] connection in
            let peer = GatewayPeer(peers.count, connection, self, encoding)
            peers.append(peer)
            log.append("open \(peer.index)")
            connection.onMessage = { [unowned self, unowned peer] _, bytes in take(bytes, from: peer) }
            connection.onEnd = { [unowned self, unowned peer, unowned connection] in
                log.append("end \(peer.index) \(connection.closeReceived.map(\.description) ?? "without close")")
            }
            onOpen(peer)
        }
    }

    func forget() {
        onOpen = { _ in }
        onCommand = { _, _, _ in true }
        onInfo = { _ in }
        server.onAccept = nil
    }

    private func take(_ bytes: [UInt8], from peer: GatewayPeer) {
        guard let command = decode(bytes), let number = command["op"]?.integerValue else { return log.append("garbage") }
        let opcode = GatewayOpcode(rawValue: Int(number))
        let data = command["d"] ?? .null
        switch opcode {
        case .heartbeat: peer.heartbeats += 1
        case .identify:
            log.append("identify \(peer.index)")
            peer.compressesPayloads = data["compress"]?.boolValue ?? false
        case .resume: log.append("resume \(peer.index) seq \(data["seq"]?.integerValue ?? -1)")
        default: log.append("\(opcode.name ?? "op \(opcode.rawValue)") \(peer.index)")
        }
        if onCommand(peer, opcode, data) { return }
        switch opcode {
        case .heartbeat: peer.acknowledge()
        case .identify: peer.ready(shard: data["shard"])
        case .resume:
            peer.sequence = data["seq"]?.integerValue ?? 0
            peer.resumed()
        default: break
        }
    }

    private func decode(_ bytes: [UInt8]) -> JSONValue? {
        switch encoding {
        case .json: return try? JSONValue(parsing: bytes)
        case .etf:
            let json = bytes.withUnsafeBytes { try? ETFTranscoder.json(of: $0) }
            return json.flatMap { try? JSONValue(parsing: $0) }
        }
    }

    /// GET /gateway/bot was asked for.
    var onInfo: (inout GatewayBotInfo) -> Void = { _ in }

    /// GET /gateway/bot.
    func source(_ completion: @escaping (Result<GatewayBotInfo, GatewayBotInfo.Failure>) -> Void) {
        onInfo(&info)
        completion(.success(info))
    }
}

/// One connection of a scripted gateway.
final class GatewayPeer {
    let index: Int
    let connection: TestPeer
    unowned let gateway: ScriptedGateway
    var sequence: Int64 = 0
    var heartbeats = 0
    /// For a scenario to remember which shard this is.
    var shard = -1
    private let encoding: PayloadEncoding
    private var zlib: ZlibSender?
    private var zstd: ZstdSender?
    /// IDENTIFY asked for payload compression: every other payload is a zlib stream of its own.
    var compressesPayloads = false

    init(_ index: Int, _ connection: TestPeer, _ gateway: ScriptedGateway, _ encoding: PayloadEncoding) {
        self.index = index
        self.connection = connection
        self.gateway = gateway
        self.encoding = encoding
        if connection.target.contains("compress=zlib-stream") { zlib = ZlibSender() }
        if connection.target.contains("compress=zstd-stream") { zstd = ZstdSender() }
    }

    /// The bytes of a payload on the wire.
    func message(_ json: String) -> (MessageKind, [UInt8]) {
        var bytes = Array(json.utf8)
        if encoding == .etf { bytes = etf(bytes) }
        if let zlib { return (.binary, zlib.message(bytes)) }
        if let zstd { return (.binary, zstd.message(bytes)) }
        if compressesPayloads, sequence.isMultiple(of: 2) { return (.binary, ZlibSender().message(bytes, flush: Z_FINISH)) }
        return (encoding == .json ? .text : .binary, bytes)
    }

    private func etf(_ json: [UInt8]) -> [UInt8] {
        guard let value = try? JSONValue(parsing: json) else { return [] }
        var writer = ETFWriter()
        writer.term(value)
        return writer.bytes
    }

    func send(_ json: String) {
        let (kind, bytes) = message(json)
        connection.send(kind, bytes)
    }

    func hello(_ milliseconds: Int = 45_000) { send(#"{"op":10,"d":{"heartbeat_interval":\#(milliseconds)}}"#) }
    func acknowledge() { send(#"{"op":11}"#) }
    func reconnect() { send(#"{"op":7,"d":null}"#) }
    func invalidate(_ resumable: Bool) { send(#"{"op":9,"d":\#(resumable)}"#) }

    func ready(session: String? = nil, shard: JSONValue? = nil, url: String? = nil) {
        let session = session ?? "session-\(index)"
        dispatch(
            "READY",
            #"{"v":10,"user":{"id":"1","username":"bot"},"guilds":[],"session_id":"\#(session)","resume_gateway_url":"\#(url ?? gateway.server.url)","application":{"id":"2","flags":0},"_trace":[]}"#
        )
    }

    func resumed() { dispatch("RESUMED", "{}") }

    /// An event with the next sequence, or with one of its own.
    func dispatch(_ name: String, _ data: String, sequence: Int64? = nil) {
        if let sequence { self.sequence = sequence } else { self.sequence += 1 }
        send(#"{"t":"\#(name)","s":\#(self.sequence),"op":0,"d":\#(data)}"#)
    }
}
