import CZlib
import CZstd

/// Compresses the payloads of one connection the way Discord does: one context, flushed after each payload.
final class StreamCompressor {
    private enum Engine {
        case none
        case zlib(UnsafeMutablePointer<z_stream>)
        case zstd(OpaquePointer)
    }

    /// As clients name it in `compress=`; `none` for text frames.
    enum Format: String, CaseIterable {
        case none, zlib = "zlib-stream", zstd = "zstd-stream"
    }

    private let engine: Engine
    private let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

    /// - Parameter isSmall: whether memory matters more than size, for a thousand connections at once.
    init(_ format: Format, isSmall: Bool = false) {
        switch format {
        case .none:
            engine = .none
        case .zlib:
            let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
            stream.initialize(to: z_stream())
            let code = deflateInit2_(
                stream, isSmall ? 1 : 6, Z_DEFLATED, 15, isSmall ? 1 : 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
            precondition(code == Z_OK, "no memory for a deflate context")
            engine = .zlib(stream)
        case .zstd:
            guard let stream = ZSTD_createCStream() else { preconditionFailure("no memory for a zstd context") }
            ZSTD_CCtx_setParameter(stream, ZSTD_c_compressionLevel, isSmall ? 1 : 3)
            engine = .zstd(stream)
        }
    }

    deinit {
        switch engine {
        case .none: break
        case .zlib(let stream):
            deflateEnd(stream)
            stream.deallocate()
        case .zstd(let stream): ZSTD_freeCStream(stream)
        }
        room.deallocate()
    }

    /// Appends the frame (RFC 6455 §5.2) of one payload to `output`.
    func appendFrame(of payload: String, to output: inout [UInt8]) {
        var payload = payload
        payload.withUTF8 { text in
            guard case .none = engine else {
                var compressed: [UInt8] = []
                compress(UnsafeRawBufferPointer(text), into: &compressed)
                return compressed.withUnsafeBytes { Self.appendFrame(opcode: 2, $0, to: &output) }
            }
            Self.appendFrame(opcode: 1, UnsafeRawBufferPointer(text), to: &output)
        }
    }

    private static func appendFrame(opcode: UInt8, _ payload: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        output.append(0x80 | opcode)
        switch payload.count {
        case ...125: output.append(UInt8(payload.count))
        case ...0xFFFF:
            output.append(126)
            withUnsafeBytes(of: UInt16(payload.count).bigEndian) { output.append(contentsOf: $0) }
        default:
            output.append(127)
            withUnsafeBytes(of: UInt64(payload.count).bigEndian) { output.append(contentsOf: $0) }
        }
        output.append(contentsOf: payload)
    }

    private func compress(_ payload: UnsafeRawBufferPointer, into output: inout [UInt8]) {
        switch engine {
        case .none:
            break
        case .zlib(let stream):
            // zlib does not write through next_in.
            stream.pointee.next_in = UnsafeMutablePointer(mutating: payload.baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.pointee.avail_in = UInt32(payload.count)
            repeat {
                stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_out = UInt32(room.count)
                deflate(stream, Z_SYNC_FLUSH)
                output.append(contentsOf: room[..<(room.count - Int(stream.pointee.avail_out))])
            } while stream.pointee.avail_out == 0
        case .zstd(let stream):
            var input = ZSTD_inBuffer(src: payload.baseAddress, size: payload.count, pos: 0)
            var left = 0
            repeat {
                var out = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
                left = ZSTD_compressStream2(stream, &out, &input, ZSTD_e_flush)
                precondition(ZSTD_isError(left) == 0, "zstd cannot compress")
                output.append(contentsOf: room[..<out.pos])
            } while left != 0
        }
    }
}
