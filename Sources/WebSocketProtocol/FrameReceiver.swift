/// Turns the peer's bytes into events: frames, fragmentation, UTF-8, decompression, limits (RFC 6455 §5, RFC 7692 §6).
///
/// A whole unmasked message in one frame that lies in the input is delivered from there, without a copy and without an allocation. What is
/// cut, fragmented, masked or compressed is gathered in one buffer.
struct FrameReceiver: ~Copyable {
    private enum Phase {
        case header
        case control(FrameHeader, received: Int)
        case data(FrameHeader, received: Int)
    }

    /// A data message whose end has not been seen.
    private struct Message {
        let kind: MessageKind
        let isCompressed: Bool
        var frames: Int
    }

    private let role: Role
    private let limits: WebSocketLimits
    private let decompressor: (any MessageDecompressor)?
    private let keepsContext: Bool
    private var phase = Phase.header
    private var message: Message?
    private var validator = UTF8Validator()
    /// The message so far; also the home of a delivered event's bytes until the next call.
    private var buffer = MessageBuffer()
    private var bufferIsDelivered = false
    /// A head or control payload that was cut or masked.
    private var scratch = MessageBuffer()

    init(role: Role, limits: WebSocketLimits, compression: MessageCompression?) {
        self.role = role
        self.limits = limits
        decompressor = compression?.decompressor
        keepsContext = compression?.parameters.keepsContext(sending: role == .client ? .server : .client) ?? true
    }

    /// The next event, or `nil` when `input` is used up. `input` is advanced past what was read.
    /// - Parameter wantsData: `false` after our own Close: data messages are then skipped, not gathered, and yield no event.
    mutating func next(
        _ input: inout UnsafeRawBufferPointer, wantsData: Bool
    ) throws(WebSocketError) -> WebSocketEvent? {
        if bufferIsDelivered || !wantsData {
            bufferIsDelivered = false
            buffer.reset(retaining: wantsData ? limits.retainedBufferSize : 0)
        }
        while true {
            switch phase {
            case .header:
                guard let header = try readHeader(&input) else { return nil }
                if header.opcode.isControl {
                    phase = .control(header, received: 0)
                } else {
                    try begin(header)
                    if wantsData, let event = try wholeMessage(header, in: &input) { return event }
                    phase = .data(header, received: 0)
                }
            case .control(let header, let received):
                guard let payload = takeControl(header, received, from: &input) else { return nil }
                phase = .header
                return try controlEvent(header.opcode, payload)
            case .data(let header, let received):
                let piece = Self.take(header.length - received, from: &input)
                if wantsData { try gather(piece, of: header, at: received) }
                guard received + piece.count == header.length else {
                    phase = .data(header, received: received + piece.count)
                    return nil
                }
                phase = .header
                if header.isFinal, let event = try endMessage(wantsData: wantsData) { return event }
            }
        }
    }

    /// Frees memory that only makes the next message faster; harmless at any time between calls to `next`.
    mutating func releaseIdleBuffers() {
        if message == nil { buffer.reset(retaining: 0) }
        if case .header = phase, scratch.count == 0 { scratch.reset(retaining: 0) }
        bufferIsDelivered = false
    }

    // MARK: Heads

    private mutating func readHeader(_ input: inout UnsafeRawBufferPointer) throws(WebSocketError) -> FrameHeader? {
        let context = FrameHeader.Context(
            role: role, allowsCompression: decompressor != nil, isInMessage: message != nil, frameSize: limits.frameSize)
        if scratch.count == 0 {
            if let header = try FrameHeader.parse(input, in: context) {
                input = UnsafeRawBufferPointer(rebasing: input[header.encodedSize...])
                return header
            }
            scratch.append(Self.take(input.count, from: &input))
            return nil
        }
        while !input.isEmpty {
            scratch.append(Self.take(1, from: &input))
            if let header = try FrameHeader.parse(scratch.bytes, in: context) {
                scratch.reset(retaining: limits.retainedBufferSize)
                return header
            }
        }
        return nil
    }

    private mutating func begin(_ header: FrameHeader) throws(WebSocketError) {
        if header.opcode == .continuation {
            message?.frames += 1
        } else {
            message = Message(kind: header.opcode == .text ? .text : .binary, isCompressed: header.isCompressed, frames: 1)
        }
        if let message, message.frames > limits.framesPerMessage { throw .tooManyFrames(limit: limits.framesPerMessage) }
        if message?.isCompressed != true {
            let total = buffer.count + header.length
            if total > limits.messageSize { throw .messageTooLarge(length: UInt64(total), limit: limits.messageSize) }
        }
    }

    // MARK: Data

    /// The common case: one unmasked, uncompressed frame, all of it in the input.
    @inline(__always)
    private mutating func wholeMessage(
        _ header: FrameHeader, in input: inout UnsafeRawBufferPointer
    ) throws(WebSocketError) -> WebSocketEvent? {
        guard header.isFinal, header.key == nil, !header.isCompressed, header.opcode != .continuation, input.count >= header.length
        else { return nil }
        let payload = Self.take(header.length, from: &input)
        message = nil
        guard header.opcode == .text else { return .binary(payload) }
        var validator = UTF8Validator()
        guard validator.accept(payload), validator.isComplete else { throw .invalidUTF8 }
        return .text(payload)
    }

    /// Adds a piece of a frame's payload to the message, unmasked and decompressed, and checks new text at once.
    private mutating func gather(_ piece: UnsafeRawBufferPointer, of header: FrameHeader, at offset: Int) throws(WebSocketError) {
        guard let message, !piece.isEmpty else { return }
        if message.isCompressed {
            guard let key = header.key else { return try inflate(piece) }
            var rest = piece
            var phase = offset
            scratch.reset(retaining: limits.retainedBufferSize)
            while !rest.isEmpty {
                let part = Self.take(min(rest.count, 4096), from: &rest)
                let target = UnsafeMutableRawBufferPointer(rebasing: scratch.writable(part.count)[..<part.count])
                key.apply(from: part, to: target, phase: phase)
                phase += part.count
                try inflate(UnsafeRawBufferPointer(target))
            }
        } else {
            // A head can claim 64 MiB: reserve what is claimed only while that is little, and follow the bytes beyond.
            if buffer.count == 0, header.length <= 64 << 10 { buffer.reserve(header.length) }
            try check(buffer.append(piece, unmasking: header.key, phase: offset))
        }
    }

    private mutating func inflate(_ input: UnsafeRawBufferPointer) throws(WebSocketError) {
        guard let decompressor else { return }
        var rest = input
        while true {
            // One byte above the limit, so that passing it is seen and a bomb is never unpacked.
            let room = limits.messageSize - buffer.count + 1
            let free = buffer.writable(min(room, max(256, 2 * rest.count)))
            let target = UnsafeMutableRawBufferPointer(rebasing: free[..<min(free.count, room)])
            let written: Int
            do throws(DecompressionError) {
                written = try decompressor.decompress(&rest, into: target)
            } catch {
                throw .invalidCompressedData(error.detail)
            }
            try check(UnsafeRawBufferPointer(rebasing: target[..<min(written, room - 1)]))
            buffer.commit(written)
            if written == room { throw .messageTooLarge(length: UInt64(buffer.count), limit: limits.messageSize) }
            if written < target.count { return }
        }
    }

    private mutating func check(_ text: UnsafeRawBufferPointer) throws(WebSocketError) {
        guard message?.kind == .text else { return }
        guard validator.accept(text) else { throw .invalidUTF8 }
    }

    private mutating func endMessage(wantsData: Bool) throws(WebSocketError) -> WebSocketEvent? {
        guard let message, wantsData else {
            self.message = nil
            return nil
        }
        if message.isCompressed {
            try withUnsafeBytes(of: MessageCompression.tail) { bytes throws(WebSocketError) in try inflate(bytes) }
            if !keepsContext { decompressor?.reset() }
        }
        guard validator.isComplete else { throw .invalidUTF8 }
        self.message = nil
        bufferIsDelivered = true
        return message.kind == .text ? .text(buffer.bytes) : .binary(buffer.bytes)
    }

    // MARK: Control

    /// The whole payload of a control frame, from the input when it lies there unmasked, else from `scratch`.
    private mutating func takeControl(
        _ header: FrameHeader, _ received: Int, from input: inout UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer? {
        if received == 0, header.key == nil, input.count >= header.length { return Self.take(header.length, from: &input) }
        if received == 0 { scratch.reset(retaining: limits.retainedBufferSize) }
        let piece = Self.take(header.length - received, from: &input)
        _ = scratch.append(piece, unmasking: header.key, phase: received)
        guard scratch.count == header.length else {
            phase = .control(header, received: scratch.count)
            return nil
        }
        defer { scratch.reset(retaining: .max) }
        return scratch.bytes
    }

    private func controlEvent(_ opcode: FrameOpcode, _ payload: UnsafeRawBufferPointer) throws(WebSocketError) -> WebSocketEvent {
        switch opcode {
        case .ping: return .ping(payload)
        case .pong: return .pong(payload)
        default: break
        }
        guard !payload.isEmpty else { return .close(nil, reason: payload) }
        guard payload.count >= 2 else { throw .closePayloadTruncated }
        let code = CloseCode(rawValue: UInt16(bigEndian: payload.loadUnaligned(as: UInt16.self)))
        guard code.isAllowedOnWire else { throw .invalidCloseCode(code.rawValue) }
        let reason = UnsafeRawBufferPointer(rebasing: payload[2...])
        var validator = UTF8Validator()
        guard validator.accept(reason), validator.isComplete else { throw .invalidUTF8 }
        return .close(code, reason: reason)
    }

    /// Removes and returns at most `length` bytes from the front of `input`.
    @inline(__always)
    private static func take(_ length: Int, from input: inout UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let taken = UnsafeRawBufferPointer(rebasing: input[..<min(length, input.count)])
        input = UnsafeRawBufferPointer(rebasing: input[taken.count...])
        return taken
    }
}
