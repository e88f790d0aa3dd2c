/// The head of one frame (RFC 6455 §5.2), already checked against everything that can be told from the head alone.
struct FrameHeader {
    /// Longest encoding: 2 bytes, 8 of length, 4 of masking key.
    static let maximumSize = 14

    let opcode: FrameOpcode
    let isFinal: Bool
    /// RSV1: the first frame of a compressed message (RFC 7692 §6).
    let isCompressed: Bool
    let key: MaskingKey?
    /// Bytes of payload.
    let length: Int
    /// Bytes this head took on the wire.
    let encodedSize: Int

    /// What the receiver knows when a frame begins.
    struct Context {
        let role: Role
        /// Whether permessage-deflate was negotiated.
        let allowsCompression: Bool
        /// Whether a fragmented message is under way.
        let isInMessage: Bool
        let frameSize: Int
    }

    /// Reads the head at the start of `bytes`, or returns `nil` while it is incomplete. Faults are found in the order of the bytes, so
    /// a head gives the same error however it is cut.
    @inline(__always)
    static func parse(_ bytes: UnsafeRawBufferPointer, in context: Context) throws(WebSocketError) -> FrameHeader? {
        let available = bytes.count
        guard available > 0 else { return nil }
        let first = bytes[0]
        let (opcode, isFinal, isCompressed) = try checkFirst(first, in: context)
        guard available > 1 else { return nil }

        let second = bytes[1]
        let isMasked = second & 0x80 != 0
        switch context.role {
        case .client: if isMasked { throw .maskedByServer }
        case .server: if !isMasked { throw .unmaskedByClient }
        }
        let short = Int(second & 0x7F)
        if opcode.isControl, short > 125 { throw .controlFrameTooLong }

        var length = UInt64(short)
        var size = 2
        if short == 126 {
            guard available >= 4 else { return nil }
            length = UInt64(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
            guard length > 125 else { throw .lengthNotMinimal(length) }
            size = 4
        } else if short == 127 {
            guard available >= 10 else { return nil }
            length = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
            guard length >> 63 == 0 else { throw .lengthHighBit }
            guard length > 0xFFFF else { throw .lengthNotMinimal(length) }
            size = 10
        }
        if length > UInt64(context.frameSize), !opcode.isControl {
            throw .frameTooLarge(length: length, limit: context.frameSize)
        }

        var key: MaskingKey?
        if isMasked {
            guard available >= size + 4 else { return nil }
            key = MaskingKey(bytes, at: size)
            size += 4
        }
        return FrameHeader(opcode: opcode, isFinal: isFinal, isCompressed: isCompressed, key: key, length: Int(length), encodedSize: size)
    }

    @inline(__always)
    private static func checkFirst(
        _ first: UInt8, in context: Context
    ) throws(WebSocketError) -> (opcode: FrameOpcode, isFinal: Bool, isCompressed: Bool) {
        guard let opcode = FrameOpcode(rawValue: first & 0x0F) else { throw .reservedOpcode(first & 0x0F) }
        let reserved = first & 0x70
        // RFC 7692 §6: RSV1 belongs on the first frame of a data message only.
        let mayCompress = context.allowsCompression && (opcode == .text || opcode == .binary)
        guard reserved == 0 || (reserved == 0x40 && mayCompress) else { throw .reservedBits(reserved) }
        let isFinal = first & 0x80 != 0
        if opcode.isControl {
            if !isFinal { throw .fragmentedControlFrame }
        } else if opcode == .continuation {
            if !context.isInMessage { throw .unexpectedContinuation }
        } else if context.isInMessage {
            throw .expectedContinuation
        }
        return (opcode, isFinal, reserved != 0)
    }

    /// Appends the head of a frame we send.
    static func append(
        opcode: FrameOpcode, isFinal: Bool, isCompressed: Bool, length: Int, key: MaskingKey?, to output: inout [UInt8]
    ) {
        output.append((isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0) | opcode.rawValue)
        let mask: UInt8 = key == nil ? 0 : 0x80
        switch length {
        case ...125:
            output.append(mask | UInt8(length))
        case ...0xFFFF:
            output.append(mask | 126)
            withUnsafeBytes(of: UInt16(length).bigEndian) { output.append(contentsOf: $0) }
        default:
            output.append(mask | 127)
            withUnsafeBytes(of: UInt64(length).bigEndian) { output.append(contentsOf: $0) }
        }
        key?.append(to: &output)
    }
}
