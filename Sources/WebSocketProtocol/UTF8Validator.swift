/// Checks text for well-formed UTF-8 (RFC 3629, Unicode table 3-7) in pieces cut anywhere, and finds the first wrong byte at once:
/// overlong forms, surrogates and values above U+10FFFF fail on the byte that makes them so.
package struct UTF8Validator: Sendable {
    /// Continuation bytes still owed by the character at the end of the last piece.
    private var owed = 0
    /// Bounds of the next continuation byte; narrower than 80–BF only right after E0, ED, F0 and F4.
    private var lower: UInt8 = 0x80
    private var upper: UInt8 = 0xBF

    package init() {}

    /// Whether the text so far ends between characters.
    package var isComplete: Bool { owed == 0 }

    /// Takes the next piece.
    /// - Returns: `false` as soon as no continuation could make the text valid; the validator is then of no further use.
    package mutating func accept(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        let count = bytes.count
        var index = 0
        while index < count {
            if owed == 0 {
                index = Self.skipASCII(base, from: index, to: count)
                if index == count { return true }
            }
            let byte = base.load(fromByteOffset: index, as: UInt8.self)
            index &+= 1
            if owed > 0 {
                guard byte >= lower, byte <= upper else { return false }
                lower = 0x80
                upper = 0xBF
                owed &-= 1
            } else {
                guard lead(byte) else { return false }
            }
        }
        return true
    }

    /// Takes the first byte, not ASCII, of a character.
    @inline(__always)
    private mutating func lead(_ byte: UInt8) -> Bool {
        switch byte {
        case 0xC2...0xDF:
            owed = 1
        case 0xE0:
            owed = 2
            lower = 0xA0
        case 0xED:
            owed = 2
            upper = 0x9F
        case 0xE1...0xEF:
            owed = 2
        case 0xF0:
            owed = 3
            lower = 0x90
        case 0xF1...0xF3:
            owed = 3
        case 0xF4:
            owed = 3
            upper = 0x8F
        default:
            return false
        }
        return true
    }

    /// The index of the first byte at or after `start` that is not ASCII, or `end`.
    @inline(__always)
    private static func skipASCII(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
        var index = start
        while index &+ 32 <= end {
            let block = base.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self)
            let high = (block[0] | block[1] | block[2] | block[3]) & 0x8080_8080_8080_8080
            if high != 0 { break }
            index &+= 32
        }
        while index < end, base.load(fromByteOffset: index, as: UInt8.self) < 0x80 { index &+= 1 }
        return index
    }
}
