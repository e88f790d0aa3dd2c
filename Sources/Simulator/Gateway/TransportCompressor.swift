import CZlib
import CZstd

/// Transport compression of one connection: one context from its first byte to its last (Discord docs, Gateway › Transport Compression).
final class TransportCompressor {
    private enum Stream {
        case zlib(UnsafeMutablePointer<z_stream>)
        case zstd(OpaquePointer)
    }

    private let stream: Stream

    /// `nil` without transport compression, or when memory is out.
    init?(_ compression: GatewayFormat.Compression) {
        switch compression {
        case .none: return nil
        case .zlibStream:
            let zlib = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
            zlib.initialize(to: z_stream())
            guard deflateInit_(zlib, Z_DEFAULT_COMPRESSION, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
                zlib.deallocate()
                return nil
            }
            stream = .zlib(zlib)
        case .zstdStream:
            guard let zstd = ZSTD_createCCtx() else { return nil }
            stream = .zstd(zstd)
        }
    }

    deinit {
        switch stream {
        case .zlib(let zlib):
            deflateEnd(zlib)
            zlib.deallocate()
        case .zstd(let zstd): ZSTD_freeCCtx(zstd)
        }
    }

    /// The bytes that let the client read `payload` to its end: zlib ends them with 00 00 FF FF, zstd with a flushed block.
    func compress(_ payload: [UInt8]) -> [UInt8] {
        switch stream {
        case .zlib(let zlib): TransportCompressor.deflate(payload, with: zlib, flush: Z_SYNC_FLUSH)
        case .zstd(let zstd): TransportCompressor.compress(payload, with: zstd)
        }
    }

    /// Payload compression: one whole zlib stream (Discord docs, Gateway › Payload Compression).
    static func whole(_ payload: [UInt8]) -> [UInt8] {
        guard let compressor = TransportCompressor(.zlibStream), case .zlib(let zlib) = compressor.stream else { return payload }
        return deflate(payload, with: zlib, flush: Z_FINISH)
    }

    private static func deflate(_ payload: [UInt8], with zlib: UnsafeMutablePointer<z_stream>, flush: CInt) -> [UInt8] {
        payload.withUnsafeBufferPointer { input in
            // zlib's interface is not const; it does not write through next_in.
            zlib.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            zlib.pointee.avail_in = UInt32(input.count)
            return collect { output in
                zlib.pointee.next_out = output.baseAddress
                zlib.pointee.avail_out = UInt32(output.count)
                CZlib.deflate(zlib, flush)
                return (output.count - Int(zlib.pointee.avail_out), zlib.pointee.avail_out > 0)
            }
        }
    }

    private static func compress(_ payload: [UInt8], with zstd: OpaquePointer) -> [UInt8] {
        payload.withUnsafeBytes { bytes in
            var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
            return collect { space in
                var output = ZSTD_outBuffer(dst: space.baseAddress, size: space.count, pos: 0)
                let remaining = ZSTD_compressStream2(zstd, &output, &input, ZSTD_e_flush)
                return (output.pos, remaining == 0 || ZSTD_isError(remaining) != 0)
            }
        }
    }

    /// Calls `step` with room to fill until it says that it is done.
    private static func collect(_ step: (UnsafeMutableBufferPointer<UInt8>) -> (written: Int, isDone: Bool)) -> [UInt8] {
        var result: [UInt8] = []
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16_384) { space in
            var isDone = false
            while !isDone {
                let (written, done) = step(space)
                result.append(contentsOf: space.prefix(written))
                isDone = done
            }
        }
        return result
    }
}
