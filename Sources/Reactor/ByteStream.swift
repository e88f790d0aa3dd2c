/// An ordered, reliable stream of bytes confined to one reactor thread: a TCP socket, or TLS laid over another stream.
///
/// This is the narrow waist of the network road: TLS is a `ByteStream` that is the delegate of an inner `ByteStream`,
/// and a WebSocket connection does not know which of the two it drives. Every member is called on the reactor thread only.
package protocol ByteStream: AnyObject {
    /// Receives bytes and the end of the stream. Held weakly; set it before the next turn of the reactor.
    var delegate: (any ByteStreamDelegate)? { get set }

    /// Whether bytes are taken from the peer. While `false` the kernel's buffers fill and the peer has to wait; what had been read
    /// already may still be delivered. `true` at first; has no effect once the stream has ended.
    var isReceiving: Bool { get set }

    /// Bytes accepted by `write` that the kernel has not taken yet.
    var unsentByteCount: Int { get }

    /// Queues `bytes` (copied before the call returns) and sends as much as the kernel takes. After `finish` or `abort`
    /// the call does nothing.
    func write(_ bytes: UnsafeRawBufferPointer)

    /// Sends what is queued, then ends our direction (TLS close_notify, TCP FIN). The peer may go on sending.
    func finish()

    /// Releases the descriptor at once; unsent bytes are lost and the delegate is not called again.
    func abort()
}

/// What a `ByteStream` tells its owner. Either call may lead the owner to `abort` the stream it came from.
package protocol ByteStreamDelegate: AnyObject {
    /// `bytes` is never empty and valid only during the call.
    func streamReceived(_ bytes: UnsafeRawBufferPointer)

    /// The last call a delegate gets.
    func streamEnded(_ end: StreamEnd)
}

/// How a stream ended.
package enum StreamEnd: Equatable, Sendable {
    /// The peer said that it has no more to send: TCP FIN on a plain stream, close_notify on TLS.
    case clean
    /// TLS only: the transport ended without close_notify (RFC 8446 §6.1), so data may be missing.
    case truncated
    /// The kernel or the TLS library failed the stream; the text names call and reason for a person.
    case failed(String)
}
