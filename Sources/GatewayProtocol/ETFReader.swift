/// A pull reader over external terms (Erlang, External Term Format), for the subset Discord speaks.
///
///     try reader.readVersion()
///     var map = try reader.beginMap()
///     while let key = try reader.nextKey(in: &map) {
///         if key == "op" { op = try reader.readInteger() } else { try reader.skipTerm() }
///     }
///
/// It allocates only for the `String`s asked for, never recurses, and never reads outside the buffer: every length is checked
/// against what is left before it is used. The buffer must outlive the reader. After an error the reader must be discarded.
package struct ETFReader {
    package static let defaultMaximumDepth = 128

    private let start: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>
    private var cursor: UnsafePointer<UInt8>
    private let maximumDepth: Int
    private var depth = 0
    /// Whether the next term is a byte of a STRING_EXT: a SMALL_INTEGER_EXT without its tag.
    private var isBareByte = false

    /// The progress of one map, list or tuple.
    package struct Container {
        fileprivate enum Form { case map, list, tuple, bytes }
        fileprivate let form: Form
        /// Keys or elements still to come.
        package fileprivate(set) var remaining: Int
    }

    package init(_ bytes: UnsafeRawBufferPointer, maximumDepth: Int = defaultMaximumDepth) {
        // An empty buffer may have no address; any pointer serves, since nothing is loaded from it.
        start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? ("" as StaticString).utf8Start
        end = start + bytes.count
        cursor = start
        self.maximumDepth = maximumDepth
    }

    /// Bytes consumed so far.
    package var offset: Int { cursor - start }

    /// Consumes the version byte 131 that stands before a term of its own.
    package mutating func readVersion() throws(ETFError) {
        let version = try takeByte()
        guard version == ETFTag.version else { throw ETFError(.unsupportedVersion(version), at: offset - 1) }
    }

    /// Checks that nothing is left.
    package func finish() throws(ETFError) {
        guard cursor == end else { throw fault(.trailingBytes) }
    }

    /// The kind of the next term, without consuming it.
    package func peek() throws(ETFError) -> ETFKind {
        switch try peekTag() {
        case ETFTag.map: return .map
        case ETFTag.list, ETFTag.empty, ETFTag.string, ETFTag.smallTuple, ETFTag.largeTuple: return .list
        case ETFTag.smallInteger, ETFTag.integer, ETFTag.smallBig, ETFTag.largeBig: return .integer
        case ETFTag.newFloat, ETFTag.float: return .double
        case ETFTag.binary: return .text
        case ETFTag.atom, ETFTag.smallAtom, ETFTag.utf8Atom, ETFTag.smallUTF8Atom:
            var copy = self
            let atom = try copy.takeText()
            if atom == "nil" || atom == "null" { return .null }
            if atom == "true" { return .boolean(true) }
            return atom == "false" ? .boolean(false) : .text
        case let tag: throw fault(.unsupportedTag(tag))
        }
    }

    // MARK: Containers

    /// Enters a map.
    package mutating func beginMap() throws(ETFError) -> Container {
        guard try peekTag() == ETFTag.map else { throw wrongKind("map") }
        cursor += 1
        return try enter(.map, count: Int(try takeUInt32()), bytesPerElement: 2)
    }

    /// The next key, or `nil` after the last one, when the map is left. The key's value must be read or skipped before the
    /// next call.
    package mutating func nextKey(in map: inout Container) throws(ETFError) -> ETFKey? {
        guard map.remaining > 0 else {
            depth -= 1
            return nil
        }
        map.remaining -= 1
        switch try peekTag() {
        case ETFTag.binary, ETFTag.atom, ETFTag.smallAtom, ETFTag.utf8Atom, ETFTag.smallUTF8Atom:
            return .text(try takeText())
        case ETFTag.smallInteger, ETFTag.integer, ETFTag.smallBig, ETFTag.largeBig:
            let first = offset
            return .integer(try takeInteger(), offset: first)
        case let tag:
            throw fault(.invalidKey(tag: tag))
        }
    }

    /// Enters a list or a tuple. STRING_EXT is a list of small integers here, as it is in Erlang.
    package mutating func beginList() throws(ETFError) -> Container {
        guard try peek() == .list else { throw wrongKind("list") }
        switch try takeTag() {
        case ETFTag.empty: return try enter(.tuple, count: 0, bytesPerElement: 1)
        case ETFTag.string: return try enter(.bytes, count: Int(try takeUInt16()), bytesPerElement: 1)
        case ETFTag.smallTuple: return try enter(.tuple, count: Int(try takeByte()), bytesPerElement: 1)
        case ETFTag.largeTuple: return try enter(.tuple, count: Int(try takeUInt32()), bytesPerElement: 1)
        default: return try enter(.list, count: Int(try takeUInt32()), bytesPerElement: 1)
        }
    }

    /// Whether another element follows, which must be read or skipped before the next call; `false` leaves the list.
    package mutating func nextElement(in list: inout Container) throws(ETFError) -> Bool {
        guard list.remaining > 0 else {
            if list.form == .list, try takeByte() != ETFTag.empty { throw ETFError(.improperList, at: offset - 1) }
            depth -= 1
            return false
        }
        list.remaining -= 1
        isBareByte = list.form == .bytes
        return true
    }

    // MARK: Scalars

    /// Reads a binary or an atom, `nil`, `true` and `false` included.
    package mutating func readText() throws(ETFError) -> ETFText {
        switch try peekTag() {
        case ETFTag.binary, ETFTag.atom, ETFTag.smallAtom, ETFTag.utf8Atom, ETFTag.smallUTF8Atom: return try takeText()
        default: throw wrongKind("text")
        }
    }

    /// Reads an integer of any size.
    package mutating func readInteger() throws(ETFError) -> ETFInteger {
        switch try peekTag() {
        case ETFTag.smallInteger, ETFTag.integer, ETFTag.smallBig, ETFTag.largeBig: return try takeInteger()
        default: throw wrongKind("integer")
        }
    }

    /// Reads a float in either form.
    /// - Throws: `.invalidFloat` for what Erlang has no float for.
    package mutating func readDouble() throws(ETFError) -> Double {
        let first = offset
        let value: Double?
        switch try peekTag() {
        case ETFTag.newFloat:
            cursor += 1
            value = Double(bitPattern: UInt64(bigEndian: try takeBytes(8).loadUnaligned(as: UInt64.self)))
        case ETFTag.float:
            cursor += 1
            // 31 bytes of C's "%.20e", filled up with zeros.
            value = Double(String(decoding: try takeBytes(31).prefix { $0 != 0 }, as: UTF8.self))
        default:
            throw wrongKind("float")
        }
        guard let value, value.isFinite else { throw ETFError(.invalidFloat, at: first) }
        return value
    }

    /// Reads the atom `true` or `false`.
    package mutating func readBoolean() throws(ETFError) -> Bool {
        guard case .boolean(let flag) = try peek() else { throw wrongKind("boolean") }
        _ = try takeText()
        return flag
    }

    /// Consumes the atom `nil` or `null` and returns `true`; leaves any other term alone and returns `false`.
    package mutating func readNull() throws(ETFError) -> Bool {
        guard try peek() == .null else { return false }
        _ = try takeText()
        return true
    }
}

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

    // MARK: Steps shared by the reads

    private func fault(_ kind: ETFError.Kind) -> ETFError { ETFError(kind, at: offset) }

    private func wrongKind(_ expected: String) -> ETFError {
        do { return fault(.wrongKind(expected: expected, tag: try peekTag())) } catch { return error }
    }

    @inline(__always)
    private func peekTag() throws(ETFError) -> UInt8 {
        if isBareByte { return ETFTag.smallInteger }
        guard cursor < end else { throw fault(.unexpectedEnd) }
        return cursor.pointee
    }

    @inline(__always)
    private mutating func takeTag() throws(ETFError) -> UInt8 {
        guard !isBareByte else {
            isBareByte = false
            return ETFTag.smallInteger
        }
        return try takeByte()
    }

    @inline(__always)
    private mutating func takeByte() throws(ETFError) -> UInt8 {
        guard cursor < end else { throw fault(.unexpectedEnd) }
        defer { cursor += 1 }
        return cursor.pointee
    }

    @inline(__always)
    private mutating func takeUInt16() throws(ETFError) -> UInt16 {
        UInt16(bigEndian: try takeBytes(2).loadUnaligned(as: UInt16.self))
    }

    @inline(__always)
    private mutating func takeUInt32() throws(ETFError) -> UInt32 {
        UInt32(bigEndian: try takeBytes(4).loadUnaligned(as: UInt32.self))
    }

    @inline(__always)
    private mutating func takeBytes(_ count: Int) throws(ETFError) -> UnsafeRawBufferPointer {
        guard count <= end - cursor else { throw fault(.unexpectedEnd) }
        defer { cursor += count }
        return UnsafeRawBufferPointer(start: cursor, count: count)
    }

    @inline(__always)
    private mutating func drop(_ count: Int) throws(ETFError) {
        guard count <= end - cursor else { throw fault(.unexpectedEnd) }
        cursor += count
    }

    private mutating func enter(_ form: Container.Form, count: Int, bytesPerElement: Int) throws(ETFError) -> Container {
        guard count * bytesPerElement <= end - cursor else { throw fault(.unexpectedEnd) }
        guard depth < maximumDepth else { throw fault(.tooDeep(limit: maximumDepth)) }
        depth += 1
        return Container(form: form, remaining: count)
    }

    private mutating func takeText() throws(ETFError) -> ETFText {
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

    private mutating func takeInteger() throws(ETFError) -> ETFInteger {
        switch try takeTag() {
        case ETFTag.smallInteger: return ETFInteger(Int32(try takeByte()))
        case ETFTag.integer: return ETFInteger(Int32(bitPattern: try takeUInt32()))
        case ETFTag.smallBig: return try takeBig(count: Int(try takeByte()))
        default: return try takeBig(count: Int(try takeUInt32()))
        }
    }

    private mutating func takeBig(count: Int) throws(ETFError) -> ETFInteger {
        let sign = try takeByte()
        return ETFInteger(isNegative: sign != 0, bytes: try takeBytes(count))
    }
}
