/// How much a peer may make us hold. Sizes are in bytes of payload.
package struct WebSocketLimits: Sendable, Equatable {
    /// Longest payload of one data frame, checked on its header before anything is reserved. Default 64 MiB: Discord's
    /// largest guilds stay well below.
    package var frameSize = 64 << 20

    /// Longest message, after decompression. Default 64 MiB.
    package var messageSize = 64 << 20

    /// Most frames in one message, so that a peer cannot occupy us for ever with empty fragments. Default 131,072:
    /// 4 MiB in fragments of 64 bytes, which the Autobahn suite sends, takes half of it.
    package var framesPerMessage = 1 << 17

    /// A receive or compression buffer larger than this is freed once its message has been handled; a smaller one is kept for the next
    /// message. Default 16 KiB: one TLS record, so that an idle connection stays small.
    package var retainedBufferSize = 16 << 10

    package init() {}
}
