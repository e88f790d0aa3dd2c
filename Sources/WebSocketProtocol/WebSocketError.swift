/// Why a connection had to be failed (RFC 6455 §7.1.7): each case is a fault of the peer, or a limit of ours it went over.
package enum WebSocketError: Error, Equatable, Sendable {
    /// RSV bits (mask 0x70 of the first byte) that no negotiated extension gives a meaning in this frame (§5.2).
    case reservedBits(UInt8)
    /// An opcode of 3–7 or 11–15 (§5.2).
    case reservedOpcode(UInt8)
    /// A control frame without FIN (§5.5).
    case fragmentedControlFrame
    /// A control frame of more than 125 bytes (§5.5).
    case controlFrameTooLong
    /// A server masked its frame (§5.1).
    case maskedByServer
    /// A client did not mask its frame (§5.1).
    case unmaskedByClient
    /// A length in more bytes than it needs (§5.2).
    case lengthNotMinimal(UInt64)
    /// A 64-bit length with the most significant bit set (§5.2).
    case lengthHighBit
    /// A continuation frame outside a message (§5.4).
    case unexpectedContinuation
    /// A new message before the current one ended (§5.4).
    case expectedContinuation
    /// A Close frame of exactly one byte (§5.5.1).
    case closePayloadTruncated
    /// A Close frame with a code that must not be on the wire (§7.4).
    case invalidCloseCode(UInt16)
    /// A text message or close reason that is not UTF-8 (§8.1).
    case invalidUTF8
    /// `WebSocketLimits.frameSize` was passed by a header.
    case frameTooLarge(length: UInt64, limit: Int)
    /// `WebSocketLimits.messageSize` was, or would be, passed; `length` is what was known when that became certain.
    case messageTooLarge(length: UInt64, limit: Int)
    /// `WebSocketLimits.framesPerMessage` was passed.
    case tooManyFrames(limit: Int)
    /// A compressed message that is not DEFLATE data; the text is the decompressor's own (RFC 7692 §7.2.2).
    case invalidCompressedData(String)

    /// The code of the Close frame that fails the connection.
    package var closeCode: CloseCode {
        switch self {
        case .reservedBits, .reservedOpcode, .fragmentedControlFrame, .controlFrameTooLong, .maskedByServer, .unmaskedByClient,
             .lengthNotMinimal, .lengthHighBit, .unexpectedContinuation, .expectedContinuation, .closePayloadTruncated,
             .invalidCloseCode:
            .protocolError
        case .invalidUTF8, .invalidCompressedData:
            .invalidPayload
        case .frameTooLarge, .messageTooLarge:
            .messageTooBig
        case .tooManyFrames:
            .policyViolation
        }
    }
}

extension WebSocketError: CustomStringConvertible {
    /// One line for a log and for the reason of our Close frame.
    package var description: String {
        switch self {
        case .reservedBits(let bits): "reserved bits 0x\(String(bits, radix: 16)) set"
        case .reservedOpcode(let opcode): "reserved opcode \(opcode)"
        case .fragmentedControlFrame: "fragmented control frame"
        case .controlFrameTooLong: "control frame longer than 125 bytes"
        case .maskedByServer: "masked frame from a server"
        case .unmaskedByClient: "unmasked frame from a client"
        case .lengthNotMinimal(let length): "length \(length) not in its shortest form"
        case .lengthHighBit: "length with the high bit set"
        case .unexpectedContinuation: "continuation frame outside a message"
        case .expectedContinuation: "new message inside a fragmented one"
        case .closePayloadTruncated: "close frame of one byte"
        case .invalidCloseCode(let code): "invalid close code \(code)"
        case .invalidUTF8: "text is not UTF-8"
        case .frameTooLarge(let length, let limit): "frame of \(length) bytes, limit \(limit)"
        case .messageTooLarge(let length, let limit): "message of \(length) bytes or more, limit \(limit)"
        case .tooManyFrames(let limit): "message of more than \(limit) frames"
        case .invalidCompressedData(let detail): "invalid compressed data: \(detail)"
        }
    }
}
