/// A pull reader over one JSON text (RFC 8259, strict): the caller asks for what it expects and skips the rest.
///
///     try reader.beginObject()
///     while let key = try reader.nextKey() {
///         if key == "op" { op = try reader.readInteger() } else { try reader.skipValue() }
///     }
///
/// It allocates only for the `String`s asked for, never recurses, and never reads outside the buffer. The buffer must
/// outlive the reader. After an error the reader must be discarded.
package struct JSONReader {
    /// Nested containers allowed unless told otherwise; Discord's deepest payloads stay under 20.
    package static let defaultMaximumDepth = 128

    let start: UnsafeRawPointer
    let end: UnsafeRawPointer
    var cursor: UnsafeRawPointer
    private let maximumDepth: Int
    private var depth = 0
    /// Whether a container was entered and nothing of it read yet. One bit serves all levels: a container that was left is
    /// itself an element of the one around it, so that one is no longer at its beginning.
    private var isAtBeginning = false

    package init(_ bytes: UnsafeRawBufferPointer, maximumDepth: Int = defaultMaximumDepth) {
        // An empty buffer may have no address; any pointer serves, since nothing is loaded from it.
        start = bytes.baseAddress ?? UnsafeRawPointer(("" as StaticString).utf8Start)
        end = start + bytes.count
        cursor = start
        self.maximumDepth = maximumDepth
    }

    /// Bytes consumed so far.
    package var offset: Int { cursor - start }

    /// The kind of the next value, without consuming it.
    package mutating func peek() throws(JSONError) -> JSONKind {
        switch try nextByte() {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case let byte: throw fault(.unexpectedByte(byte))
        }
    }

    /// Enters an object; `nextKey` follows.
    package mutating func beginObject() throws(JSONError) { try enter(UInt8(ascii: "{"), .object) }

    /// Enters an array; `nextElement` follows.
    package mutating func beginArray() throws(JSONError) { try enter(UInt8(ascii: "["), .array) }

    /// The next member's key, or `nil` after the last one, when the object is left. The member's value must be read or
    /// skipped before the next call.
    package mutating func nextKey() throws(JSONError) -> JSONString? {
        guard try advance(to: UInt8(ascii: "}")) else { return nil }
        guard try nextByte() == UInt8(ascii: "\"") else { throw fault(.unexpectedByte(currentByte)) }
        let key = try scanString()
        guard try nextByte() == UInt8(ascii: ":") else { throw fault(.unexpectedByte(currentByte)) }
        cursor += 1
        return key
    }

    /// Whether another element follows, which must be read or skipped before the next call; `false` leaves the array.
    package mutating func nextElement() throws(JSONError) -> Bool { try advance(to: UInt8(ascii: "]")) }

    package mutating func readBoolean() throws(JSONError) -> Bool {
        guard try nextByte() != UInt8(ascii: "t") else {
            try readWord("true")
            return true
        }
        try expect(.boolean)
        try readWord("false")
        return false
    }

    /// Consumes a `null` and returns `true`; leaves any other value alone and returns `false`.
    package mutating func readNull() throws(JSONError) -> Bool {
        guard try nextByte() == UInt8(ascii: "n") else { return false }
        try readWord("null")
        return true
    }

    /// Checks that only white space is left.
    package mutating func finish() throws(JSONError) {
        skipWhitespace()
        guard cursor == end else { throw fault(.trailingBytes) }
    }

    // MARK: Steps shared by the reads

    /// The byte at the cursor, which must not be at the end.
    @inline(__always)
    var currentByte: UInt8 { cursor.load(as: UInt8.self) }

    func fault(_ kind: JSONError.Kind) -> JSONError { JSONError(kind, at: offset) }

    @inline(__always)
    private mutating func skipWhitespace() {
        while cursor < end, currentByte <= 0x20 {
            switch currentByte {
            case 0x20, 0x0A, 0x0D, 0x09: cursor += 1
            default: return
            }
        }
    }

    /// The first byte that is not white space, without consuming it.
    @inline(__always)
    mutating func nextByte() throws(JSONError) -> UInt8 {
        skipWhitespace()
        guard cursor < end else { throw fault(.unexpectedEnd) }
        return currentByte
    }

    /// Throws unless the next value is of `kind`.
    mutating func expect(_ kind: JSONKind) throws(JSONError) {
        let found = try peek()
        guard found == kind else { throw fault(.wrongKind(expected: kind, found: found)) }
    }

    private mutating func enter(_ bracket: UInt8, _ kind: JSONKind) throws(JSONError) {
        if try nextByte() != bracket { try expect(kind) }
        guard depth < maximumDepth else { throw fault(.tooDeep(limit: maximumDepth)) }
        depth += 1
        cursor += 1
        isAtBeginning = true
    }

    /// Goes to the next member or element; `false` when `bracket` closed the container instead.
    @inline(__always)
    private mutating func advance(to bracket: UInt8) throws(JSONError) -> Bool {
        let byte = try nextByte()
        if byte == bracket {
            cursor += 1
            depth -= 1
            isAtBeginning = false
            return false
        }
        if isAtBeginning {
            isAtBeginning = false
        } else {
            guard byte == UInt8(ascii: ",") else { throw fault(.unexpectedByte(byte)) }
            cursor += 1
        }
        return true
    }

    private mutating func readWord(_ word: StaticString) throws(JSONError) {
        for index in 0..<word.utf8CodeUnitCount {
            guard cursor < end else { throw fault(.unexpectedEnd) }
            guard currentByte == word.utf8Start[index] else { throw fault(.unexpectedByte(currentByte)) }
            cursor += 1
        }
    }
}
