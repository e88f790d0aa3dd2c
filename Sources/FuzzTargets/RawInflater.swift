import CZlib

/// zlib used in the plainest way, to compare with.
struct RawInflater: ~Copyable {
    enum Outcome: Equatable {
        case bytes([UInt8])
        /// The bytes before the fault.
        case corrupt([UInt8])
        /// The stream ended; what follows it is not looked at.
        case ended([UInt8])
    }

    private let stream: UnsafeMutablePointer<z_stream>

    /// - Parameter windowBits: as inflateInit2 takes it, but positive for raw DEFLATE; 0 reads zlib's header.
    init(windowBits: Int) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let code = inflateInit2_(stream, -CInt(windowBits), ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
        promise(code == Z_OK)
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// What all of `bytes` inflate to, after those of earlier calls.
    mutating func inflate(_ bytes: [UInt8]) -> Outcome {
        var bytes = bytes
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        let count = bytes.count
        return bytes.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(count)
            while true {
                let code = chunk.withUnsafeMutableBufferPointer { output in
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = UInt32(output.count)
                    return CZlib.inflate(stream, Z_SYNC_FLUSH)
                }
                result += chunk[..<(chunk.count - Int(stream.pointee.avail_out))]
                switch code {
                case Z_OK where stream.pointee.avail_out == 0 || stream.pointee.avail_in > 0: continue
                case Z_OK, Z_BUF_ERROR: return .bytes(result)
                case Z_STREAM_END: return .ended(result)
                default: return .corrupt(result)
                }
            }
        }
    }
}
