/// What a data message carries (RFC 6455 §5.6).
package enum MessageKind: Sendable, Equatable {
    /// UTF-8 text.
    case text
    /// Bytes whose meaning is the application's own.
    case binary

    var opcode: FrameOpcode {
        switch self {
        case .text: .text
        case .binary: .binary
        }
    }
}
