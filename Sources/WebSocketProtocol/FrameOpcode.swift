/// The opcodes RFC 6455 §5.2 defines; every other value is reserved and fails the connection.
package enum FrameOpcode: UInt8, Sendable {
    case continuation = 0x0
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xA

    /// Control frames carry at most 125 bytes and are never fragmented (RFC 6455 §5.5).
    package var isControl: Bool { rawValue & 0x8 != 0 }
}
