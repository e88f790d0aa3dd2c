import CZlib
package import WebSocketProtocol

/// zlib as the DEFLATE decoder of permessage-deflate.
package final class ZlibDecompressor: MessageDecompressor {
    /// zlib keeps a pointer back to its `z_stream`, so that must not move.
    private let stream: UnsafeMutablePointer<z_stream>

    /// - Parameter windowBits: What was agreed for the peer's direction, 8–15. A peer that reaches back further fails the connection.
    /// - Throws: `ZlibFailure` when there is no memory.
    package init(windowBits: Int) throws(ZlibFailure) {
        precondition((8...15).contains(windowBits))
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let code = inflateInit2_(stream, -CInt(windowBits), ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
        // `self` is whole, so `deinit` runs and frees the stream; ending one that never began does nothing.
        guard code == Z_OK else { throw ZlibFailure(call: "inflateInit2", code: code) }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    package func decompress(
        _ input: inout UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(DecompressionError) -> Int {
        var written = 0
        while true {
            // zlib does not write through next_in; the field merely lacks `const`.
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
            stream.pointee.avail_in = uInt(clamping: input.count)
            let free = UnsafeMutableRawBufferPointer(rebasing: output[written...])
            stream.pointee.next_out = free.bindMemory(to: UInt8.self).baseAddress
            stream.pointee.avail_out = uInt(clamping: free.count)
            let offered = (input: Int(stream.pointee.avail_in), output: Int(stream.pointee.avail_out))
            let code = inflate(stream, Z_NO_FLUSH)
            input = UnsafeRawBufferPointer(rebasing: input[(offered.input - Int(stream.pointee.avail_in))...])
            written += offered.output - Int(stream.pointee.avail_out)

            switch code {
            case Z_STREAM_END:
                try continueAfterFinalBlock()
            case Z_OK, Z_BUF_ERROR:
                break
            default:
                throw DecompressionError(detail: stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(code)")
            }
            // Z_BUF_ERROR: no progress is possible, for want of input or of room.
            if written == output.count || input.isEmpty || code == Z_BUF_ERROR { return written }
        }
    }

    package func reset() {
        inflateReset(stream)
    }

    /// A block with BFINAL ends zlib's stream but not ours: start the next one with the window the last one left. Rare: encoders use it
    /// only where they cannot flush (RFC 7692 §7.2.3.4).
    private func continueAfterFinalBlock() throws(DecompressionError) {
        let window = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << 15)
        defer { window.deallocate() }
        var length: uInt = 0
        inflateGetDictionary(stream, window, &length)
        inflateReset(stream)
        guard length == 0 || inflateSetDictionary(stream, window, length) == Z_OK
        else { throw DecompressionError(detail: "window lost after a final block") }
    }
}
