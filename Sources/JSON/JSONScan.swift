/// Passing over bytes of JSON text sixteen at a time. Every function takes the rest of the text as two pointers and returns
/// where it stopped, at most `end`, so that the compiler keeps all of it in registers.
enum JSONScan {
    private typealias Block = SIMD16<UInt8>

    /// The first quote, backslash or control character: where a string's plain run ends.
    static func stringStop(from start: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        var position = start
        while end - position >= 16 {
            let block = UnsafeRawPointer(position).loadUnaligned(as: Block.self)
            let hits = (block .== UInt8(ascii: "\"")) .| (block .== UInt8(ascii: "\\")) .| (block .< 0x20)
            if let index = firstIndex(hits) { return position + index }
            position += 16
        }
        while position < end {
            let byte = position.pointee
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
            position += 1
        }
        return position
    }

    /// The place after the value that begins at `start`, judged by quotes and brackets alone; `nil` when the text ends first.
    /// - Precondition: `start < end`, and `start` is not white space.
    static func valueEnd(from start: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
        switch start.pointee {
        case UInt8(ascii: "\""): stringEnd(from: start + 1, to: end)
        case UInt8(ascii: "{"), UInt8(ascii: "["): containerEnd(from: start + 1, to: end)
        default: wordEnd(from: start, to: end)
        }
    }

    /// The place after the closing quote of the string whose first byte is at `start`.
    @inline(__always)
    private static func stringEnd(from start: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
        var position = start
        while end - position >= 16 {
            let block = UnsafeRawPointer(position).loadUnaligned(as: Block.self)
            guard let index = firstIndex((block .== UInt8(ascii: "\"")) .| (block .== UInt8(ascii: "\\"))) else {
                position += 16
                continue
            }
            position += index
            if position.pointee == UInt8(ascii: "\"") { return position + 1 }
            // A backslash escapes the byte after it; of \uXXXX the four digits are ordinary bytes here.
            position += 2
        }
        while position < end {
            switch position.pointee {
            case UInt8(ascii: "\""): return position + 1
            case UInt8(ascii: "\\"): position += 2
            default: position += 1
            }
        }
        return nil
    }

    /// The place after the bracket that closes a container whose contents begin at `start`.
    private static func containerEnd(from start: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
        var position = start
        var depth = 1
        while position < end {
            let byte = position.pointee
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard var next = stringEnd(from: position, to: end) else { return nil }
                // Nearly every string is followed by `:"` or `,"`: go on to that string without leaving the loop.
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
        return nil
    }

    @inline(__always)
    private static func isStringSeparator(_ position: UnsafePointer<UInt8>) -> Bool {
        position[1] == UInt8(ascii: "\"") && (position[0] == UInt8(ascii: ":") || position[0] == UInt8(ascii: ","))
    }

    /// The end of a number or a word: the first byte that cannot be part of one.
    private static func wordEnd(from start: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
        var position = start
        while position < end {
            switch position.pointee {
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
