/// Why a compressed gateway stream cannot be read on. The context is dead: the connection must be left and the session RESUMEd on
/// another one, which starts with a fresh context.
package enum DecompressionError: Error, Equatable, Sendable {
    /// The bytes are not what the format allows; the text is the library's reason.
    case corrupt(String)
    /// The sender ended the stream, which lives as long as the connection.
    case ended
    /// A single payload inflates to more than `limit` bytes.
    case tooLarge(limit: Int)
    /// The library could not get memory for its context.
    case outOfMemory
}

extension DecompressionError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .corrupt(let reason): "the compressed stream is corrupt: \(reason)"
        case .ended: "the compressed stream ended before the connection"
        case .tooLarge(let limit): "a payload inflates to more than \(limit) bytes"
        case .outOfMemory: "no memory for a decompression context"
        }
    }
}
