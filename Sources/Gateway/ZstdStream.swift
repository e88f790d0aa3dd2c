import CZstd

/// Transport compression `zstd-stream` (Discord docs, Gateway › Transport Compression): one decompression context for the life of a
/// connection, each message exactly one payload.
package final class ZstdStream {
    private let context: OpaquePointer
    private let limit: Int
    private let buffer: InflateBuffer
    /// The next byte begins a frame.
    private var isBetweenFrames = true

    /// - Parameters:
    ///   - buffer: receives the payloads; may be shared by all connections of a thread.
    ///   - limit: most bytes of one inflated payload.
    package init(into buffer: InflateBuffer, limit: Int) throws(DecompressionError) {
        guard let context = ZSTD_createDStream() else { throw .outOfMemory }
        self.context = context
        self.limit = limit
        self.buffer = buffer
    }

    deinit { ZSTD_freeDStream(context) }

    /// Inflates one message. The payload is valid until the buffer is used again; empty when the message holds none.
    /// - Throws: the context is dead then; the stream must not be used again.
    package func payload(of message: UnsafeRawBufferPointer) throws(DecompressionError) -> UnsafeRawBufferPointer {
        buffer.begin()
        var input = ZSTD_inBuffer(src: message.baseAddress, size: message.count, pos: 0)
        var isFull = false
        repeat {
            if isBetweenFrames { try refuseOldFormat(message[input.pos...]) }
            let room = try buffer.room(limit: limit)
            var output = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
            let code = ZSTD_decompressStream(context, &output, &input)
            guard ZSTD_isError(code) == 0 else { throw .corrupt(String(cString: ZSTD_getErrorName(code))) }
            buffer.advance(output.pos)
            isBetweenFrames = code == 0
            isFull = output.pos == output.size
            // A full output buffer may hide more output even when the input is used up.
        } while input.pos < input.size || isFull
        return buffer.payload
    }

    /// libzstd may have been built with decoders for the formats before 0.8, which nobody sends and few look after.
    private func refuseOldFormat(_ frame: Slice<UnsafeRawBufferPointer>) throws(DecompressionError) {
        guard frame.count >= 4, frame.dropFirst().prefix(3).elementsEqual([0xB5, 0x2F, 0xFD]), frame.first != 0x28 else { return }
        throw .corrupt("a frame in an old format")
    }
}

@available(*, unavailable) extension ZstdStream: Sendable {}
