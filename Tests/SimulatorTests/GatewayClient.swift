import CZlib
import CZstd
import JSON
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

@testable import Simulator

/// A gateway client for tests: NIO's WebSocket and TLS, verifying the simulator's certificate, and no protocol of its own.
final class GatewayClient: Sendable {
    private let channel: any NIOCore.Channel
    private let inbox: NIOLoopBound<Inbox>
    private let encoding: GatewayFormat.Encoding

    private init(channel: any NIOCore.Channel, inbox: NIOLoopBound<Inbox>, encoding: GatewayFormat.Encoding) {
        self.channel = channel
        self.inbox = inbox
        self.encoding = encoding
    }

    /// Opens the WebSocket; `query` follows `/?`.
    static func connect(_ server: SimulatorServer, query: String = "v=10&encoding=json") async throws -> GatewayClient {
        let tls = try server.caFile.map { file in
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.trustRoots = .file(file)
            return try NIOSSLContext(configuration: configuration)
        }
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let inbox = try await loop.submit { NIOLoopBound(Inbox(eventLoop: loop, query: query), eventLoop: loop) }.get()
        let upgraded = loop.makePromise(of: Void.self)
        let channel = try await ClientBootstrap(group: loop).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                if let tls { try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: "localhost")) }
                let upgrader = NIOWebSocketClientUpgrader(maxFrameSize: 1 << 24) { channel, _ in
                    channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(inbox.value) }
                }
                // HELLO may come in one segment with the answer to the upgrade.
                try pipeline.addHTTPClientHandlers(leftOverBytesStrategy: .forwardBytes, withClientUpgrade: (upgraders: [upgrader], completionHandler: { _ in upgraded.succeed() }))
            }
        }.connect(host: "127.0.0.1", port: server.port).get()
        channel.closeFuture.whenComplete { _ in upgraded.fail(ChannelError.eof) }
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/?" + query)
        head.headers.add(name: "Host", value: "localhost:\(server.port)")
        let request = head
        try await loop.submit {
            channel.pipeline.syncOperations.write(NIOAny(HTTPClientRequestPart.head(request)), promise: nil)
            channel.pipeline.syncOperations.writeAndFlush(NIOAny(HTTPClientRequestPart.end(nil)), promise: nil)
        }.get()
        try await upgraded.futureResult.get()
        return GatewayClient(channel: channel, inbox: inbox, encoding: query.contains("etf") ? .etf : .json)
    }

    /// Connects, takes HELLO and identifies.
    static func identified(
        _ server: SimulatorServer, intents: Int64 = 53_608_447, query: String = "v=10&encoding=json", extra: JSONValue = [:]
    ) async throws -> GatewayClient {
        let client = try await connect(server, query: query)
        _ = try await client.next(op: 10)
        try await client.identify(server, intents: intents, extra: extra)
        return client
    }

    func identify(_ server: SimulatorServer, intents: Int64 = 53_608_447, token: String? = nil, extra: JSONValue = [:]) async throws {
        let data: JSONValue = ["token": .string(token ?? server.token), "intents": .integer(intents), "properties": ["os": "test"]]
        try await send(2, data.merging(extra))
    }

    func send(_ opcode: Int64, _ data: JSONValue) async throws {
        let payload: JSONValue = ["op": .integer(opcode), "d": data]
        try await send(raw: encoding == .json ? payload.serialized : [131] + ExternalTerm.term(payload))
    }

    func send(raw bytes: [UInt8], opcode: WebSocketOpcode = .text, isMasked: Bool = true, isFinal: Bool = true) async throws {
        let mask: WebSocketMaskingKey? = isMasked ? .random() : nil
        let frame = WebSocketFrame(fin: isFinal, opcode: opcode, maskKey: mask, data: ByteBuffer(bytes: bytes))
        try await channel.writeAndFlush(frame).get()
    }

    /// The next payload.
    func next() async throws -> JSONValue {
        try await channel.eventLoop.flatSubmit { [inbox] in inbox.value.next() }.get()
    }

    /// The next payload, which must have this opcode.
    func next(op: Int64) async throws -> JSONValue {
        let payload = try await next()
        guard payload["op"]?.integerValue == op else { throw SimulatorFailure("expected op \(op), got \(payload)") }
        return payload["d"] ?? .null
    }

    /// Skips to the next dispatch of this name; returns its whole payload.
    func dispatch(_ name: String) async throws -> JSONValue {
        while true {
            let payload = try await next()
            if payload["t"]?.stringValue == name { return payload }
        }
    }

    /// Skips to the next dispatch of this name; returns its data.
    func event(_ name: String) async throws -> JSONValue { try await dispatch(name)["d"] ?? .null }

    /// Waits for the end of the connection; the code of the close frame, `nil` when there was none.
    func end() async throws -> Int? {
        try await channel.eventLoop.flatSubmit { [inbox] in inbox.value.ended.futureResult }.get()
    }

    /// The reason in the close frame; empty when there was none.
    var reason: String { get async throws { try await channel.eventLoop.submit { [inbox] in inbox.value.reason }.get() } }

    /// Reads no more.
    func pause() async throws { try await channel.setOption(.autoRead, value: false).get() }

    /// Whether everything received ended in what TLS calls a proper end.
    var failures: [String] { get async throws { try await channel.eventLoop.submit { [inbox] in inbox.value.failures }.get() } }

    /// Bytes of each message received so far, as they came.
    var wire: [[UInt8]] { get async throws { try await channel.eventLoop.submit { [inbox] in inbox.value.wire }.get() } }

    /// Waits until `count` messages have been received, readable or not.
    func received(_ count: Int) async throws {
        try await channel.eventLoop.flatSubmit { [inbox] in inbox.value.received(count) }.get()
    }

    func close(_ code: UInt16) async throws {
        try await send(raw: [UInt8(code >> 8), UInt8(code & 255)], opcode: .connectionClose)
        _ = try await end()
    }

    /// Ends the TCP connection without a close frame.
    func drop() async throws { try await channel.close().get() }
}

/// Puts messages together, inflates them and hands them out in order. Confined to its event loop.
final class Inbox: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    let ended: EventLoopPromise<Int?>
    private(set) var failures: [String] = []
    private(set) var wire: [[UInt8]] = []
    private let eventLoop: any EventLoop
    private let encoding: GatewayFormat.Encoding
    private var inflater: Inflater?
    private var waiting: [EventLoopPromise<JSONValue>] = []
    private var counting: [(count: Int, promise: EventLoopPromise<Void>)] = []
    private var payloads: [JSONValue] = []
    private var message: [UInt8] = []
    private var code: Int?
    private(set) var reason = ""
    private var isOver = false

    init(eventLoop: any EventLoop, query: String) {
        self.eventLoop = eventLoop
        ended = eventLoop.makePromise()
        encoding = query.contains("etf") ? .etf : .json
        inflater = query.contains("zlib-stream") ? Inflater(.zlibStream) : query.contains("zstd-stream") ? Inflater(.zstdStream) : nil
    }

    func received(_ count: Int) -> EventLoopFuture<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        if wire.count >= count { promise.succeed() } else { counting.append((count, promise)) }
        return promise.futureResult
    }

    func next() -> EventLoopFuture<JSONValue> {
        let promise = eventLoop.makePromise(of: JSONValue.self)
        if !payloads.isEmpty {
            promise.succeed(payloads.removeFirst())
        } else if isOver {
            promise.fail(SimulatorFailure("the connection has ended with \(String(describing: code))"))
        } else {
            waiting.append(promise)
            // Only a defect lets a test wait this long.
            let timeout = eventLoop.scheduleTask(in: .seconds(20)) { promise.fail(SimulatorFailure("no payload in time")) }
            promise.futureResult.whenComplete { _ in timeout.cancel() }
        }
        return promise.futureResult
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = Self.unwrapInboundIn(data)
        let bytes = Array(frame.unmaskedData.readableBytesView)
        switch frame.opcode {
        case .text, .binary, .continuation:
            message += bytes
            guard frame.fin else { return }
            wire.append(message)
            for (count, promise) in counting where count <= wire.count { promise.succeed() }
            counting.removeAll { $0.count <= wire.count }
            take(message)
            message = []
        case .connectionClose:
            code = bytes.count >= 2 ? Int(bytes[0]) << 8 | Int(bytes[1]) : 1005
            reason = String(decoding: bytes.dropFirst(2), as: UTF8.self)
            let echo = WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: .random(), data: ByteBuffer(bytes: bytes.prefix(2)))
            context.writeAndFlush(Self.wrapOutboundOut(echo), promise: nil)
        case .pong: deliver(["pong": .string(String(decoding: bytes, as: UTF8.self))])
        default: break
        }
    }

    private func take(_ bytes: [UInt8]) {
        do {
            var bytes = bytes
            if let inflater { bytes = try inflater.inflate(bytes) } else if bytes.first == 0x78 { bytes = try Inflater(.zlibStream).inflate(bytes) }
            let payload = encoding == .json ? try JSONValue(parsing: bytes) : try ExternalTerm.parse(bytes)
            deliver(payload)
        } catch {
            failures.append("\(error)")
        }
    }

    private func deliver(_ payload: JSONValue) {
        if waiting.isEmpty { payloads.append(payload) } else { waiting.removeFirst().succeed(payload) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failures.append("\(error)")
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isOver = true
        ended.succeed(code)
        for (_, promise) in counting { promise.fail(SimulatorFailure("the connection has ended")) }
        for promise in waiting { promise.fail(SimulatorFailure("the connection has ended with \(String(describing: code))")) }
        waiting = []
    }
}

/// The receiving half of a transport compression, over the reference libraries.
final class Inflater {
    private enum Stream {
        case zlib(UnsafeMutablePointer<z_stream>)
        case zstd(OpaquePointer)
    }

    private let stream: Stream

    init(_ compression: GatewayFormat.Compression) {
        if compression == .zstdStream {
            stream = .zstd(ZSTD_createDCtx())
        } else {
            let zlib = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
            zlib.initialize(to: z_stream())
            inflateInit_(zlib, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
            stream = .zlib(zlib)
        }
    }

    deinit {
        switch stream {
        case .zlib(let zlib):
            inflateEnd(zlib)
            zlib.deallocate()
        case .zstd(let zstd): ZSTD_freeDCtx(zstd)
        }
    }

    func inflate(_ bytes: [UInt8]) throws -> [UInt8] {
        var output = [UInt8](repeating: 0, count: 1 << 22)
        var input = bytes
        let count: Int = try output.withUnsafeMutableBufferPointer { space in
            try input.withUnsafeMutableBufferPointer { bytes in
                switch stream {
                case .zlib(let zlib):
                    zlib.pointee.next_in = bytes.baseAddress
                    zlib.pointee.avail_in = UInt32(bytes.count)
                    zlib.pointee.next_out = space.baseAddress
                    zlib.pointee.avail_out = UInt32(space.count)
                    let status = CZlib.inflate(zlib, Z_SYNC_FLUSH)
                    guard status == Z_OK || status == Z_STREAM_END, zlib.pointee.avail_in == 0 else { throw SimulatorFailure("inflate: \(status)") }
                    return space.count - Int(zlib.pointee.avail_out)
                case .zstd(let zstd):
                    var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
                    var output = ZSTD_outBuffer(dst: space.baseAddress, size: space.count, pos: 0)
                    while input.pos < input.size {
                        let status = ZSTD_decompressStream(zstd, &output, &input)
                        guard ZSTD_isError(status) == 0 else { throw SimulatorFailure("zstd: \(status)") }
                    }
                    return output.pos
                }
            }
        }
        return Array(output.prefix(count))
    }
}
