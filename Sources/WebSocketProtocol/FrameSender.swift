/// Encodes what we say: frames, masks, fragments, compression (RFC 6455 §5, RFC 7692 §7.2.1).
struct FrameSender: ~Copyable {
    private let role: Role
    private let compressor: (any MessageCompressor)?
    private let keepsContext: Bool
    private let retainedBufferSize: Int
    private var randomness: any RandomNumberGenerator
    /// Set between the first and the last fragment of a message.
    private var kindInProgress: MessageKind?
    private var compressed = MessageBuffer()

    init(role: Role, limits: WebSocketLimits, compression: MessageCompression?, randomness: any RandomNumberGenerator) {
        self.role = role
        self.randomness = randomness
        compressor = compression?.compressor
        keepsContext = compression?.parameters.keepsContext(sending: role) ?? true
        retainedBufferSize = limits.retainedBufferSize
    }

    /// Appends a whole message, in frames of at most `fragmentSize` payload bytes.
    mutating func appendMessage(
        _ kind: MessageKind, _ payload: UnsafeRawBufferPointer, fragmentSize: Int, to output: inout [UInt8]
    ) throws(SendError) {
        precondition(fragmentSize > 0)
        guard kindInProgress == nil else { throw .messageInProgress }
        if kind == .text {
            var validator = UTF8Validator()
            guard validator.accept(payload), validator.isComplete else { throw .invalidUTF8 }
        }
        if let compressor {
            compress(payload, with: compressor, isLast: true)
            appendFrames(kind, compressed.bytes, isCompressed: true, fragmentSize: fragmentSize, to: &output)
            compressed.reset(retaining: retainedBufferSize)
        } else {
            appendFrames(kind, payload, isCompressed: false, fragmentSize: fragmentSize, to: &output)
        }
    }

    /// Appends one fragment of a message; the first call names its kind, which later calls must repeat.
    mutating func appendFragment(
        _ kind: MessageKind, _ payload: UnsafeRawBufferPointer, isLast: Bool, to output: inout [UInt8]
    ) throws(SendError) {
        guard kindInProgress == nil || kindInProgress == kind else { throw .messageInProgress }
        let isFirst = kindInProgress == nil
        kindInProgress = isLast ? nil : kind
        let opcode = isFirst ? kind.opcode : .continuation
        if let compressor {
            compress(payload, with: compressor, isLast: isLast)
            appendFrame(opcode, compressed.bytes, isFinal: isLast, isCompressed: isFirst, to: &output)
            compressed.reset(retaining: retainedBufferSize)
        } else {
            appendFrame(opcode, payload, isFinal: isLast, isCompressed: false, to: &output)
        }
    }

    /// Appends a ping or a pong.
    mutating func appendControl(
        _ opcode: FrameOpcode, _ payload: UnsafeRawBufferPointer, to output: inout [UInt8]
    ) throws(SendError) {
        guard payload.count <= 125 else { throw .controlFrameTooLong(payload.count) }
        appendFrame(opcode, payload, isFinal: true, isCompressed: false, to: &output)
    }

    /// Appends the pong that answers a ping; a ping that was received is short enough.
    mutating func appendPong(_ payload: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        appendFrame(.pong, payload, isFinal: true, isCompressed: false, to: &output)
    }

    /// Appends a Close frame whose code and reason have been checked.
    mutating func appendClose(_ close: CloseFrame, to output: inout [UInt8]) {
        var payload: [UInt8] = []
        if let code = close.code {
            withUnsafeBytes(of: code.rawValue.bigEndian) { payload.append(contentsOf: $0) }
            payload.append(contentsOf: close.reason.utf8)
        }
        payload.withUnsafeBytes { appendFrame(.close, $0, isFinal: true, isCompressed: false, to: &output) }
    }

    // MARK: Frames

    private mutating func appendFrames(
        _ kind: MessageKind, _ payload: UnsafeRawBufferPointer, isCompressed: Bool, fragmentSize: Int, to output: inout [UInt8]
    ) {
        var rest = payload
        var isFirst = true
        repeat {
            let piece = UnsafeRawBufferPointer(rebasing: rest[..<min(fragmentSize, rest.count)])
            rest = UnsafeRawBufferPointer(rebasing: rest[piece.count...])
            appendFrame(
                isFirst ? kind.opcode : .continuation, piece, isFinal: rest.isEmpty, isCompressed: isCompressed && isFirst, to: &output)
            isFirst = false
        } while !rest.isEmpty
    }

    private mutating func appendFrame(
        _ opcode: FrameOpcode, _ payload: UnsafeRawBufferPointer, isFinal: Bool, isCompressed: Bool, to output: inout [UInt8]
    ) {
        let key = role == .client ? MaskingKey(using: &randomness) : nil
        FrameHeader.append(
            opcode: opcode, isFinal: isFinal, isCompressed: isCompressed, length: payload.count, key: key, to: &output)
        let start = output.count
        output.append(contentsOf: payload)
        guard let key else { return }
        output.withUnsafeMutableBytes { bytes in
            let masked = UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
            key.apply(from: UnsafeRawBufferPointer(masked), to: masked, phase: 0)
        }
    }

    // MARK: Compression

    /// Leaves the compressed form of `payload` in `compressed`, without the tail of the last fragment.
    private mutating func compress(_ payload: UnsafeRawBufferPointer, with compressor: any MessageCompressor, isLast: Bool) {
        if payload.isEmpty {
            // An encoder with nothing new to flush writes nothing. RFC 7692 §7.2.3.6: an empty stored block without its tail.
            if isLast { compressed.append(byte: 0) }
        } else {
            var rest = payload
            while true {
                let target = compressed.writable(max(256, rest.count / 2))
                let written = compressor.compress(&rest, into: target)
                compressed.commit(written)
                if written < target.count { break }
            }
            if isLast { compressed.removeLast(4) }
        }
        if isLast, !keepsContext { compressor.reset() }
    }
}
