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
                index = Self.skipCharacters(base, from: index, to: count)
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

    /// Takes the first byte of a character.
    @inline(__always)
    private mutating func lead(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x00...0x7F:
            break
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

    /// The index after as many well-formed characters from `start` on as can be told at a glance. What is wrong, or too near the end, is left
    /// to the careful way byte by byte.
    @inline(__always)
    private static func skipCharacters(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
        var index = skipASCII(base, from: start, to: end)
        while index &+ 4 <= end {
            // The first byte is the lowest.
            let word = UInt32(littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt32.self))
            let first = UInt8(truncatingIfNeeded: word)
            let second = UInt8(truncatingIfNeeded: word >> 8)
            switch first {
            case 0x00...0x7F:
                index = skipASCII(base, from: index &+ 1, to: end)
            case 0xC2...0xDF:
                guard word & 0xC000 == 0x8000 else { return index }
                index &+= 2
            case 0xE0...0xEF:
                guard word & 0xC0_C000 == 0x80_8000, first != 0xE0 || second >= 0xA0, first != 0xED || second <= 0x9F
                else { return index }
                index &+= 3
            case 0xF0...0xF4:
                guard word & 0xC0C0_C000 == 0x8080_8000, first != 0xF0 || second >= 0x90, first != 0xF4 || second <= 0x8F
                else { return index }
                index &+= 4
            default:
                return index
            }
        }
        return index
    }

    /// The index of the first byte at or after `start` that is not ASCII, or `end`.
    @inline(__always)
    private static func skipASCII(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
        let highBits: UInt64 = 0x8080_8080_8080_8080
        var index = start
        while index &+ 32 <= end {
            let first = base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let second = base.loadUnaligned(fromByteOffset: index &+ 8, as: UInt64.self)
            let third = base.loadUnaligned(fromByteOffset: index &+ 16, as: UInt64.self)
            let fourth = base.loadUnaligned(fromByteOffset: index &+ 24, as: UInt64.self)
            if (first | second | third | fourth) & highBits != 0 { break }
            index &+= 32
        }
        while index &+ 8 <= end, base.loadUnaligned(fromByteOffset: index, as: UInt64.self) & highBits == 0 { index &+= 8 }
        while index < end, base.load(fromByteOffset: index, as: UInt8.self) < 0x80 { index &+= 1 }
        return index
    }
}
