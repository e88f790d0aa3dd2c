/// Passing over bytes of JSON text sixteen at a time. Every function takes the rest of the text as two pointers and returns
/// where it stopped, at most `end`, so that the compiler keeps all of it in registers.
package enum JSONScan {
    private typealias Block = SIMD16<UInt8>

    // Vectors, since comparing a vector with a scalar is not compiled to one instruction.
    @inline(__always) private static var quotes: Block { Block(repeating: UInt8(ascii: "\"")) }
    @inline(__always) private static var backslashes: Block { Block(repeating: UInt8(ascii: "\\")) }
    @inline(__always) private static var spaces: Block { Block(repeating: 0x20) }

    /// The first quote, backslash or control character: where a string's plain run ends.
    package static func stringStop(from start: UnsafeRawPointer, to end: UnsafeRawPointer) -> UnsafeRawPointer {
        var position = start
        while end - position >= 16 {
            let block = position.loadUnaligned(as: Block.self)
            let hits = (block .== quotes) .| (block .== backslashes) .| (block .< spaces)
            if let index = firstIndex(hits) { return position + index }
            position += 16
        }
        while position < end {
            let byte = position.load(as: UInt8.self)
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
            position += 1
        }
        return position
    }

    /// The place after the value that begins at `start`, judged by quotes and brackets alone; `nil` when the text ends first.
    /// - Precondition: `start < end`, and `start` is not white space.
    package static func valueEnd(from start: UnsafeRawPointer, to end: UnsafeRawPointer) -> UnsafeRawPointer? {
        switch start.load(as: UInt8.self) {
        case UInt8(ascii: "\""): stringEnd(from: start + 1, to: end)
        case UInt8(ascii: "{"), UInt8(ascii: "["): containerEnd(from: start + 1, to: end)
        default: wordEnd(from: start, to: end)
        }
    }

    /// The place after the closing quote of the string whose first byte is at `start`.
    @inline(__always)
    private static func stringEnd(from start: UnsafeRawPointer, to end: UnsafeRawPointer) -> UnsafeRawPointer? {
        var position = start
        while end - position >= 16 {
            let block = position.loadUnaligned(as: Block.self)
            guard let index = firstIndex((block .== quotes) .| (block .== backslashes)) else {
                position += 16
                continue
            }
            position += index
            if position.load(as: UInt8.self) == UInt8(ascii: "\"") { return position + 1 }
            // A backslash escapes the byte after it; of \uXXXX the four digits are ordinary bytes here.
            position += 2
        }
        while position < end {
            switch position.load(as: UInt8.self) {
            case UInt8(ascii: "\""): return position + 1
            case UInt8(ascii: "\\"): position += 2
            default: position += 1
            }
        }
        return nil
    }

    /// The place after the bracket that closes a container whose contents begin at `start`.
    private static func containerEnd(from start: UnsafeRawPointer, to end: UnsafeRawPointer) -> UnsafeRawPointer? {
        var position = start
        var depth = 1
        while true {
            guard position < end else { return nil }
            let byte = position.load(as: UInt8.self)
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard var next = stringEnd(from: position, to: end) else { return nil }
                // Nearly every string is followed by `:"` or `,"`: go on to that string at once.
                while end - next >= 2, isStringSeparator(next) {
                    guard let following = stringEnd(from: next + 2, to: end) else { return nil }
                    next = following
                }
                position = next
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return position }
            default:
                continue
            }
        }
    }

    @inline(__always)
    private static func isStringSeparator(_ position: UnsafeRawPointer) -> Bool {
        let pair = position.loadUnaligned(as: UInt16.self).littleEndian
        return pair == 0x223A || pair == 0x222C
    }

    /// The end of a number or a word: the first byte that cannot be part of one.
    private static func wordEnd(from start: UnsafeRawPointer, to end: UnsafeRawPointer) -> UnsafeRawPointer? {
        var position = start
        while position < end {
            switch position.load(as: UInt8.self) {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "E"):
                position += 1
            default:
                return position == start ? nil : position
            }
        }
        return position
    }

    /// The first lane that is set. Lanes are all ones or all zeros, so two words tell it without a bit mask, which pure Swift
    /// has no instruction for.
    @inline(__always)
    private static func firstIndex(_ hits: SIMDMask<SIMD16<Int8>>) -> Int? {
        let words = unsafeBitCast(hits, to: SIMD2<UInt64>.self)
        if words[0] != 0 { return words[0].littleEndian.trailingZeroBitCount >> 3 }
        if words[1] != 0 { return 8 + words[1].littleEndian.trailingZeroBitCount >> 3 }
        return nil
    }
}
