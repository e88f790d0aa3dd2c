/// The four bytes that a client XORs over its payload (RFC 6455 §5.3).
struct MaskingKey: Equatable, Sendable {
    /// The bytes in wire order, whatever the machine's byte order.
    private let bits: UInt32

    /// A fresh key from `randomness`; it must be unpredictable, so the default generator of a connection is the system's.
    init(using randomness: inout any RandomNumberGenerator) {
        bits = UInt32(truncatingIfNeeded: randomness.next())
    }

    /// The key at `bytes[offset..<offset + 4]`.
    init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        bits = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    }

    init(bytes: (UInt8, UInt8, UInt8, UInt8)) {
        bits = withUnsafeBytes(of: bytes) { $0.loadUnaligned(as: UInt32.self) }
    }

    func append(to output: inout [UInt8]) {
        withUnsafeBytes(of: bits) { output.append(contentsOf: $0) }
    }

    /// Masks or unmasks `source` into `target`, which may be the same memory and must be as long. `phase` is the position of the
    /// first byte within the frame's payload.
    func apply(from source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer, phase: Int) {
        precondition(source.count == target.count)
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        let count = source.count
        // The key turned so that its first byte in memory meets payload byte `phase`.
        let turn = UInt32((phase & 3) * 8)
        let turned = UInt32(littleEndian: bits)
        let key = (turned >> turn | turned << ((32 - turn) & 31)).littleEndian
        let wide = SIMD4<UInt64>(repeating: UInt64(key) << 32 | UInt64(key))
        var index = 0
        while index &+ 32 <= count {
            let block = from.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self)
            to.storeBytes(of: block ^ wide, toByteOffset: index, as: SIMD4<UInt64>.self)
            index &+= 32
        }
        while index &+ 4 <= count {
            let block = from.loadUnaligned(fromByteOffset: index, as: UInt32.self)
            to.storeBytes(of: block ^ key, toByteOffset: index, as: UInt32.self)
            index &+= 4
        }
        withUnsafeBytes(of: key) { keyBytes in
            while index < count {
                let byte = from.load(fromByteOffset: index, as: UInt8.self)
                to.storeBytes(of: byte ^ keyBytes[index & 3], toByteOffset: index, as: UInt8.self)
                index &+= 1
            }
        }
    }
}
