import Discord
import JSON
import NIOCore
import NIOHTTP1
import NIOSSL
import NIOWebSocket

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One client connection to the gateway: frames in, payloads out. What payloads mean is the gateway's business.
final class GatewayConnection: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    /// `Host` and request target of the upgrade.
    let host: String
    let format: GatewayFormat
    let refusal: GatewayFormat.Refusal?
    /// The session that IDENTIFY or RESUME bound to this connection.
    var session: GatewaySession?
    /// IDENTIFY asked for payload compression.
    var compressesPayloads = false
    var budget: CommandBudget
    /// Faults waiting for their number of further dispatches.
    private var faults: [(fault: Fault, remaining: Int)] = []
    private var corruptsNext = false
    private var tearsNext = false

    private unowned let gateway: SimulatedGateway
    private let compressor: TransportCompressor?
    private var context: ChannelHandlerContext?
    /// The message being put together from fragments.
    private var fragments: [UInt8]?
    private var closeSent: (code: Int, reason: String)?
    private var hasEnded = false
    private var watchdog: Scheduled<Void>?

    init(gateway: SimulatedGateway, request: HTTPRequestHead) {
        self.gateway = gateway
        host = (request.headers.first(name: "host") ?? "") + request.uri
        budget = CommandBudget(window: gateway.pace.commandWindow)
        do {
            format = try GatewayFormat(requestTarget: request.uri)
            refusal = nil
        } catch {
            format = .plain
            refusal = error
        }
        compressor = TransportCompressor(format.compression)
    }

    // MARK: Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        gateway.opened(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end(code: nil, byClient: false, reason: "")
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(code: closeSent?.code, byClient: closeSent == nil, reason: closeSent?.reason ?? "connection lost")
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        gateway.writabilityChanged()
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(code: closeSent?.code, byClient: closeSent == nil, reason: closeSent?.reason ?? "\(error)")
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = Self.unwrapInboundIn(data)
        guard !hasEnded else { return }
        // RFC 6455 §5.1 and §5.2; NIO leaves these two to its user.
        guard frame.maskKey != nil else { return close(1002, "client frames must be masked") }
        guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else { return close(1002, "reserved bit set without extension") }
        let bytes = Array(frame.unmaskedData.readableBytesView)
        switch frame.opcode {
        case .text, .binary:
            guard fragments == nil else { return close(1002, "new message inside a fragmented one") }
            if frame.fin { gateway.received(bytes, on: self) } else { fragments = bytes }
        case .continuation:
            guard let begun = fragments else { return close(1002, "continuation of nothing") }
            // Far above the 4096 bytes that a payload may have; the gateway refuses what is between.
            guard begun.count + bytes.count <= 1 << 16 else { return close(1009, "message too big") }
            fragments = frame.fin ? nil : begun + bytes
            if frame.fin { gateway.received(begun + bytes, on: self) }
        case .ping: write(.pong, bytes)
        case .connectionClose: closed(byClientWith: bytes)
        default: break
        }
    }

    // MARK: Payloads

    /// Sends a payload that is no dispatch.
    func send(_ opcode: GatewayOpcode, _ data: JSONValue = nil) {
        let payload: JSONValue = ["t": nil, "s": nil, "op": .integer(Int64(opcode.rawValue)), "d": data]
        switch format.encoding {
        case .json: sendMessage(payload.serialized)
        case .etf: sendMessage([131] + ExternalTerm.term(payload))
        }
    }

    /// Sends a dispatch, then whatever faults wait for it.
    func send(_ entry: ReplayBuffer.Entry) {
        guard let session else { return }
        let form = RenderedDispatch.Form(encoding: format.encoding, hasContent: session.intents.contains(.messageContent))
        let payload = entry.dispatch.payload(sequence: entry.sequence, form: form)
        if let input = entry.input, let context {
            let written = context.eventLoop.makePromise(of: Void.self)
            sendMessage(payload, promise: written)
            written.futureResult.assumeIsolated().whenSuccess { [gateway] in
                session.unwritten.remove(input)
                gateway.note(.delivered(input: input, shard: session.shardIndex, sequence: entry.sequence))
            }
        } else {
            sendMessage(payload)
        }
        guard !faults.isEmpty else { return }
        for index in faults.indices { faults[index].remaining -= 1 }
        let due = faults.filter { $0.remaining <= 0 }.map(\.fault)
        faults.removeAll { $0.remaining <= 0 }
        for fault in due { gateway.commit(fault, on: self) }
    }

    /// Sends one message, compressed and fragmented as agreed.
    func sendMessage(_ payload: [UInt8], promise: EventLoopPromise<Void>? = nil) {
        guard !hasEnded, closeSent == nil else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        var bytes = payload
        var opcode = format.encoding == .json ? WebSocketOpcode.text : .binary
        if let compressor {
            bytes = compressor.compress(payload)
            opcode = .binary
            if corruptsNext {
                corruptsNext = false
                // After a flush both formats go on with a block header whose bits 1 and 2 are the type; 3 is reserved in both
                // (RFC 1951 §3.2.3, RFC 8878 §3.1.1.2), so no decoder takes it.
                bytes[0] |= 0b110
            }
        } else if compressesPayloads, payload.count > 1024 {
            bytes = TransportCompressor.whole(payload)
            opcode = .binary
        }
        if tearsNext {
            write(opcode, Array(bytes.prefix(bytes.count / 2)), isFinal: false, promise: promise)
            return cut()
        }
        let size = gateway.behaviour.fragmentSize
        guard size > 0, bytes.count > size else { return write(opcode, bytes, promise: promise) }
        for start in stride(from: 0, to: bytes.count, by: size) {
            let end = min(start + size, bytes.count)
            let isLast = end == bytes.count
            write(start == 0 ? opcode : .continuation, Array(bytes[start..<end]), isFinal: isLast, promise: isLast ? promise : nil)
        }
    }

    private func write(_ opcode: WebSocketOpcode, _ bytes: [UInt8], isFinal: Bool = true, promise: EventLoopPromise<Void>? = nil) {
        guard let context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        let frame = WebSocketFrame(fin: isFinal, opcode: opcode, data: context.channel.allocator.buffer(bytes: bytes))
        context.write(Self.wrapOutboundOut(frame), promise: promise)
        if !gateway.isBatching { context.flush() }
    }

    /// Whether the client takes bytes as fast as they are made; a connection that has ended holds nobody up.
    var isWritable: Bool { context?.channel.isWritable ?? true }

    func flush() { context?.flush() }

    // MARK: Ends

    /// Sends a close frame and ends the connection when the client has answered it, or after a while.
    func close(_ code: UInt16, _ reason: String) {
        guard !hasEnded, closeSent == nil, let context else { return }
        // A control frame has room for 123 bytes of it (RFC 6455 §5.5), which must be whole characters.
        var text = reason
        while text.utf8.count > 123 { text.removeLast() }
        write(.connectionClose, [UInt8(code >> 8), UInt8(code & 255)] + text.utf8)
        closeSent = (Int(code), reason)
        session?.connection = nil
        _ = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(2)) { [weak self] in
            self?.context?.close(promise: nil)
        }
    }

    private func closed(byClientWith payload: [UInt8]) {
        let code = payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil
        if closeSent == nil {
            write(.connectionClose, Array(payload.prefix(2)))
            end(code: code, byClient: true, reason: String(decoding: payload.dropFirst(2), as: UTF8.self))
        }
        context?.close(promise: nil)
    }

    /// Ends the TCP connection without close frame and without close_notify; `reset` has the kernel send RST.
    func cut(reset: Bool = false) {
        guard let context, !hasEnded else { return }
        end(code: nil, byClient: false, reason: reset ? "reset" : "cut")
        if reset {
            // Closing without linger time is what makes a RST; on the loop the option is set when the call returns.
            _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        }
        context.channel.cut()
    }

    private func end(code: Int?, byClient: Bool, reason: String) {
        guard !hasEnded else { return }
        hasEnded = true
        watchdog?.cancel()
        gateway.ended(self, code: code, byClient: byClient, reason: reason)
    }

    // MARK: Conduct

    /// Closes the connection unless the client beats again in time.
    func expectHeartbeat() {
        watchdog?.cancel()
        let patience = gateway.pace.heartbeatInterval * 2
        watchdog = context?.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(patience.nanoseconds)) { [weak self] in
            self?.close(4000, "no heartbeat in time")
        }
    }

    func schedule(_ fault: Fault, after events: Int) { faults.append((fault, events)) }

    func corruptNextMessage() { corruptsNext = true }

    func tearNextMessage() { tearsNext = true }
}
