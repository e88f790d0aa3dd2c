/// Why a message or control frame was not encoded; nothing was appended to the output.
package enum SendError: Error, Equatable, Sendable {
    /// A Close frame has been sent or received, or the connection has failed (RFC 6455 §5.5.1).
    case closed
    /// The text of a text message, or the reason of a close, is not UTF-8 (§5.6).
    case invalidUTF8
    /// A ping or pong of more than 125 bytes, or a close reason of more than 123 (§5.5).
    case controlFrameTooLong(Int)
    /// A close code that must not be on the wire (§7.4).
    case invalidCloseCode(CloseCode)
    /// A fragmented message is under way: end it before another begins (§5.4).
    case messageInProgress
}
