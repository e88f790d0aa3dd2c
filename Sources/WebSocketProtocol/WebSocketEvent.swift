/// One thing the peer said. The bytes lie in the input of the `next` call that returned the event or in the machine's own
/// buffer: they are valid until the next call to `next` or the end of the callback that owns the input, whichever is first.
package enum WebSocketEvent {
    /// A whole message of valid UTF-8.
    case text(UnsafeRawBufferPointer)
    /// A whole message.
    case binary(UnsafeRawBufferPointer)
    /// The pong is already pending: take it with `takePendingFrames`.
    case ping(UnsafeRawBufferPointer)
    /// Solicited or not (RFC 6455 §5.5.3).
    case pong(UnsafeRawBufferPointer)
    /// The last event of a connection; `reason` is valid UTF-8. The echo, if one is due, is already pending.
    case close(CloseCode?, reason: UnsafeRawBufferPointer)
}
