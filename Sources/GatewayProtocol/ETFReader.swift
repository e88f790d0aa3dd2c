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

    let start: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>
    var cursor: UnsafePointer<UInt8>
    let maximumDepth: Int
    var depth = 0
    /// Whether the next term is a byte of a STRING_EXT: a SMALL_INTEGER_EXT without its tag.
    var isBareByte = false

    /// The progress of one map, list or tuple.
    package struct Container {
        enum Form { case map, list, tuple, bytes }
        let form: Form
        /// Keys or elements still to come.
        package internal(set) var remaining: Int
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
