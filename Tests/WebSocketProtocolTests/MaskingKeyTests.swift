import Testing
@testable import WebSocketProtocol

@Suite("RFC 6455 §5.3: masking")
struct MaskingKeyTests {
    @Test("equals the RFC's byte-by-byte definition at every length, phase and alignment")
    func definition() {
        let keyBytes: [UInt8] = [0x37, 0xfa, 0x21, 0x3d]
        let key = MaskingKey(bytes: (0x37, 0xfa, 0x21, 0x3d))
        for count in Array(0...70) + [255, 1000] {
            let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 13 &+ 5) }
            for phase in 0..<8 {
                let expected = payload.enumerated().map { $1 ^ keyBytes[($0 + phase) % 4] }
                for shift in 0..<4 {
                    var memory = [UInt8](repeating: 0, count: shift) + payload + [0xEE]
                    memory.withUnsafeMutableBytes { bytes in
                        let target = UnsafeMutableRawBufferPointer(rebasing: bytes[shift..<shift + count])
                        key.apply(from: UnsafeRawBufferPointer(target), to: target, phase: phase)
                    }
                    #expect(Array(memory[shift..<shift + count]) == expected)
                    #expect(memory.last == 0xEE)
                }
            }
        }
    }
}
