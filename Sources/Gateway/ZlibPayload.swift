import CZlib

/// Payload compression (`"compress": true` in IDENTIFY): a message in a binary frame is a complete zlib stream of its own.
package final class ZlibPayload {
    private let context: UnsafeMutablePointer<z_stream>
    private let limit: Int
    private let buffer: InflateBuffer

    /// - Parameters:
    ///   - buffer: receives the payloads; may be shared by all connections of a thread.
    ///   - limit: most bytes of one inflated payload.
    package init(into buffer: InflateBuffer, limit: Int) throws(DecompressionError) {
        self.buffer = buffer
        self.limit = limit
        context = .allocate(capacity: 1)
        context.initialize(to: z_stream())
        guard inflateInit2_(context, 0, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
            // Everything is initialised, so `deinit` frees the context.
            throw .outOfMemory
        }
    }

    deinit {
        inflateEnd(context)
        context.deallocate()
    }

    /// Inflates one message. The payload is valid until the buffer is used again.
    /// - Throws: only this message is lost: the next one starts afresh.
    package func payload(of message: UnsafeRawBufferPointer) throws(DecompressionError) -> UnsafeRawBufferPointer {
        inflateReset(context)
        buffer.begin()
        context.pointee.next_in = UnsafeMutablePointer(mutating: message.baseAddress?.assumingMemoryBound(to: UInt8.self))
        context.pointee.avail_in = UInt32(message.count)
        while true {
            let room = try buffer.room(limit: limit)
            context.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
            context.pointee.avail_out = UInt32(room.count)
            let code = inflate(context, Z_NO_FLUSH)
            buffer.advance(room.count - Int(context.pointee.avail_out))
            switch code {
            case Z_STREAM_END:
                guard buffer.count <= limit else { throw .tooLarge(limit: limit) }
                return buffer.payload
            case Z_OK where context.pointee.avail_out == 0: continue
            case Z_OK, Z_BUF_ERROR: throw .corrupt("the message ends before the zlib stream does")
            case Z_MEM_ERROR: throw .outOfMemory
            default: throw .corrupt(context.pointee.msg.map { String(cString: $0) } ?? "zlib code \(code)")
            }
        }
    }
}

@available(*, unavailable) extension ZlibPayload: Sendable {}
