import CZlib
import CZstd
import TestSupport

/// What a gateway with `zlib-stream` sends, made by zlib itself.
final class ZlibSender {
    private let context = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    init(level: CInt = 6) {
        context.initialize(to: z_stream())
        deflateInit_(context, level, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
    }

    deinit {
        deflateEnd(context)
        context.deallocate()
    }

    func message(_ payload: [UInt8], flush: CInt = Z_SYNC_FLUSH) -> [UInt8] {
        var payload = payload
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        payload.withUnsafeMutableBufferPointer { input in
            context.pointee.next_in = input.baseAddress
            context.pointee.avail_in = UInt32(input.count)
            repeat {
                chunk.withUnsafeMutableBufferPointer {
                    context.pointee.next_out = $0.baseAddress
                    context.pointee.avail_out = UInt32($0.count)
                    deflate(context, flush)
                }
                result += chunk[..<(chunk.count - Int(context.pointee.avail_out))]
            } while context.pointee.avail_out == 0
        }
        return result
    }
}

/// What a gateway with `zstd-stream` sends, made by libzstd itself.
final class ZstdSender {
    private let context = ZSTD_createCCtx()!

    deinit { ZSTD_freeCCtx(context) }

    func message(_ payload: [UInt8], end: ZSTD_EndDirective = ZSTD_e_flush) -> [UInt8] {
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        payload.withUnsafeBytes { bytes in
            var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
            var left = 0
            repeat {
                let produced = chunk.withUnsafeMutableBytes {
                    var output = ZSTD_outBuffer(dst: $0.baseAddress, size: $0.count, pos: 0)
                    left = ZSTD_compressStream2(context, &output, &input, end)
                    return output.pos
                }
                result += chunk[..<produced]
            } while left != 0
        }
        return result
    }
}

/// Payloads of all kinds of sizes, some of which compress well, some not at all.
let samplePayloads: [[UInt8]] = {
    var generator = SplitMix64(state: 7)
    let noise = (0..<300).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let marks: [UInt8] = Array(repeating: [0, 0, 0xFF, 0xFF], count: 20).flatMap { $0 }
    return [
        Array(#"{"op":10,"d":{"heartbeat_interval":41250}}"#.utf8),
        Array(#"{"op":11}"#.utf8),
        noise, marks, noise + marks + noise,
        Array(repeating: UInt8(ascii: "a"), count: 40_000),
        Array(#"{"t":"MESSAGE_CREATE","s":3,"op":0,"d":{"content":"héllo"}}"#.utf8),
    ]
}()
