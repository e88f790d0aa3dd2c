import CZlib
import WebSocketProtocol

/// zlib as the DEFLATE encoder of permessage-deflate.
package final class ZlibCompressor: MessageCompressor {
    /// zlib keeps a pointer back to its `z_stream`, so that must not move.
    private let stream: UnsafeMutablePointer<z_stream>

    /// - Parameters:
    ///   - windowBits: What was agreed for our direction, 8–15.
    ///   - level: 0–9, or -1 for zlib's default.
    /// - Throws: `ZlibFailure` when there is no memory.
    package init(windowBits: Int, level: Int = -1) throws(ZlibFailure) {
        precondition((8...15).contains(windowBits) && (-1...9).contains(level))
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // zlib has no raw encoder for 8 bits. Its 9-bit one never reaches back more than 512 - 262 = 250 bytes (zlib.h calls the difference
        // MIN_LOOKAHEAD), so what it writes can be read with a window of 256.
        let code = deflateInit2_(
            stream, CInt(level), Z_DEFLATED, -CInt(max(9, windowBits)), 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            CInt(MemoryLayout<z_stream>.size))
        // `self` is whole, so `deinit` runs and frees the stream; ending one that never began does nothing.
        guard code == Z_OK else { throw ZlibFailure(call: "deflateInit2", code: code) }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    package func compress(_ input: inout UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Int {
        // zlib does not write through next_in; the field merely lacks `const`.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = uInt(clamping: input.count)
        stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_out = uInt(clamping: output.count)
        let offered = (input: Int(stream.pointee.avail_in), output: Int(stream.pointee.avail_out))
        // Z_BUF_ERROR is the answer when there was nothing left to flush; no other failure is possible for a stream we made.
        _ = deflate(stream, offered.input == input.count ? Z_SYNC_FLUSH : Z_NO_FLUSH)
        input = UnsafeRawBufferPointer(rebasing: input[(offered.input - Int(stream.pointee.avail_in))...])
        return offered.output - Int(stream.pointee.avail_out)
    }

    package func reset() {
        deflateReset(stream)
    }
}
