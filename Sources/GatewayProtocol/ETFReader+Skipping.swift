extension ETFReader {
    /// Passes over the next term by its lengths only, and returns the range of its bytes.
    @discardableResult
    package mutating func skipTerm() throws(ETFError) -> Range<Int> {
        let first = offset
        // Terms still to pass. Each has at least one byte, so a count beyond what is left is false at once and none overflows.
        var pending = 1
        while pending > 0 {
            guard pending <= end - cursor else { throw fault(.unexpectedEnd) }
            pending -= 1
            let tag = try takeTag()
            switch tag {
            case ETFTag.binary: try drop(Int(try takeUInt32()))
            case ETFTag.smallInteger: try drop(1)
            case ETFTag.integer: try drop(4)
            case ETFTag.smallBig: try drop(Int(try takeByte()) + 1)
            case ETFTag.largeBig: try drop(Int(try takeUInt32()) + 1)
            case ETFTag.smallAtom, ETFTag.smallUTF8Atom: try drop(Int(try takeByte()))
            case ETFTag.atom, ETFTag.utf8Atom, ETFTag.string: try drop(Int(try takeUInt16()))
            case ETFTag.newFloat: try drop(8)
            case ETFTag.float: try drop(31)
            case ETFTag.empty: break
            case ETFTag.map: pending += 2 * Int(try takeUInt32())
            case ETFTag.list: pending += Int(try takeUInt32()) + 1
            case ETFTag.smallTuple: pending += Int(try takeByte())
            case ETFTag.largeTuple: pending += Int(try takeUInt32())
            default: throw ETFError(.unsupportedTag(tag), at: offset - 1)
            }
        }
        return first..<offset
    }
}
