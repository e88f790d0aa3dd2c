extension ETFReader {
    /// Passes over the next term by its lengths only, and returns the range of its bytes.
    @discardableResult
    package mutating func skipTerm() throws(ETFError) -> Range<Int> {
        let first = offset
        if isBareByte {
            isBareByte = false
            try drop(1)
            return first..<offset
        }
        // Terms still to pass; a container adds its own. Each has at least one byte, so a count beyond what is left is false at
        // once, and none overflows.
        var pending = 1
        var position = cursor
        repeat {
            guard pending <= end - position else { throw ETFError(.unexpectedEnd, at: position - start) }
            pending -= 1
            let tag = position.pointee
            position += 1
            let left = end - position
            let count: Int
            switch tag {
            case ETFTag.binary:
                guard left >= 4 else { throw ETFError(.unexpectedEnd, at: position - start) }
                count = 4 + ETFReader.word(at: position)
            case ETFTag.atom, ETFTag.utf8Atom, ETFTag.string:
                guard left >= 2 else { throw ETFError(.unexpectedEnd, at: position - start) }
                count = 2 + (Int(position[0]) << 8 | Int(position[1]))
            case ETFTag.smallAtom, ETFTag.smallUTF8Atom:
                guard left >= 1 else { throw ETFError(.unexpectedEnd, at: position - start) }
                count = 1 + Int(position.pointee)
            case ETFTag.smallInteger: count = 1
            case ETFTag.integer: count = 4
            case ETFTag.smallBig:
                guard left >= 1 else { throw ETFError(.unexpectedEnd, at: position - start) }
                count = 2 + Int(position.pointee)
            case ETFTag.largeBig:
                guard left >= 4 else { throw ETFError(.unexpectedEnd, at: position - start) }
                count = 5 + ETFReader.word(at: position)
            case ETFTag.newFloat: count = 8
            case ETFTag.float: count = 31
            case ETFTag.empty: count = 0
            case ETFTag.smallTuple:
                guard left >= 1 else { throw ETFError(.unexpectedEnd, at: position - start) }
                pending += Int(position.pointee)
                count = 1
            case ETFTag.map, ETFTag.list, ETFTag.largeTuple:
                guard left >= 4 else { throw ETFError(.unexpectedEnd, at: position - start) }
                let arity = ETFReader.word(at: position)
                // A map has keys and values, a list its tail.
                pending += tag == ETFTag.map ? 2 * arity : tag == ETFTag.list ? arity + 1 : arity
                count = 4
            default: throw ETFError(.unsupportedTag(tag), at: position - start - 1)
            }
            guard count <= left else { throw ETFError(.unexpectedEnd, at: position - start) }
            position += count
        } while pending > 0
        cursor = position
        return first..<offset
    }

    /// The big-endian 32-bit number at `position`.
    @inline(__always)
    private static func word(at position: UnsafePointer<UInt8>) -> Int {
        Int(UInt32(bigEndian: UnsafeRawPointer(position).loadUnaligned(as: UInt32.self)))
    }
}
