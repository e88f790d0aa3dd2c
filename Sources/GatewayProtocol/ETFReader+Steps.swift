// What the reads have in common: taking bytes with every length checked first.
extension ETFReader {
    func fault(_ kind: ETFError.Kind) -> ETFError { ETFError(kind, at: offset) }

    func wrongKind(_ expected: String) -> ETFError {
        do { return fault(.wrongKind(expected: expected, tag: try peekTag())) } catch { return error }
    }

    @inline(__always)
    func peekTag() throws(ETFError) -> UInt8 {
        if isBareByte { return ETFTag.smallInteger }
        guard cursor < end else { throw fault(.unexpectedEnd) }
        return cursor.pointee
    }

    @inline(__always)
    mutating func takeTag() throws(ETFError) -> UInt8 {
        guard !isBareByte else {
            isBareByte = false
            return ETFTag.smallInteger
        }
        return try takeByte()
    }

    @inline(__always)
    mutating func takeByte() throws(ETFError) -> UInt8 {
        guard cursor < end else { throw fault(.unexpectedEnd) }
        defer { cursor += 1 }
        return cursor.pointee
    }

    @inline(__always)
    mutating func takeUInt16() throws(ETFError) -> UInt16 {
        UInt16(bigEndian: try takeBytes(2).loadUnaligned(as: UInt16.self))
    }

    @inline(__always)
    mutating func takeUInt32() throws(ETFError) -> UInt32 {
        UInt32(bigEndian: try takeBytes(4).loadUnaligned(as: UInt32.self))
    }

    @inline(__always)
    mutating func takeBytes(_ count: Int) throws(ETFError) -> UnsafeRawBufferPointer {
        guard count <= end - cursor else { throw fault(.unexpectedEnd) }
        defer { cursor += count }
        return UnsafeRawBufferPointer(start: cursor, count: count)
    }

    @inline(__always)
    mutating func drop(_ count: Int) throws(ETFError) {
        guard count <= end - cursor else { throw fault(.unexpectedEnd) }
        cursor += count
    }

    mutating func enter(_ form: Container.Form, count: Int, bytesPerElement: Int) throws(ETFError) -> Container {
        guard count * bytesPerElement <= end - cursor else { throw fault(.unexpectedEnd) }
        guard depth < maximumDepth else { throw fault(.tooDeep(limit: maximumDepth)) }
        depth += 1
        return Container(form: form, remaining: count)
    }

    mutating func takeText() throws(ETFError) -> ETFText {
        let tag = try takeTag()
        let count = switch tag {
        case ETFTag.binary: Int(try takeUInt32())
        case ETFTag.atom, ETFTag.utf8Atom: Int(try takeUInt16())
        default: Int(try takeByte())
        }
        let first = offset
        let isLatin1 = tag == ETFTag.atom || tag == ETFTag.smallAtom
        return ETFText(raw: try takeBytes(count), isLatin1: isLatin1, offset: first)
    }

    mutating func takeInteger() throws(ETFError) -> ETFInteger {
        switch try takeTag() {
        case ETFTag.smallInteger: return ETFInteger(Int32(try takeByte()))
        case ETFTag.integer: return ETFInteger(Int32(bitPattern: try takeUInt32()))
        case ETFTag.smallBig: return try takeBig(count: Int(try takeByte()))
        default: return try takeBig(count: Int(try takeUInt32()))
        }
    }

    mutating func takeBig(count: Int) throws(ETFError) -> ETFInteger {
        let sign = try takeByte()
        return ETFInteger(isNegative: sign != 0, bytes: try takeBytes(count))
    }
}
