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

    package init(_ bytes: UnsafeRawBufferPointer, maximumDepth: Int = defaultMaximumDepth) {}

    /// Bytes consumed so far.
    package var offset: Int { 0 }

    /// The kind of the next value, without consuming it.
    package mutating func peek() throws(JSONError) -> JSONKind { .null }

    /// Enters an object; `nextKey` follows.
    package mutating func beginObject() throws(JSONError) {}

    /// The next member's key, or `nil` after the last one, when the object is left. The member's value must be read or
    /// skipped before the next call.
    package mutating func nextKey() throws(JSONError) -> JSONString? { nil }

    /// Enters an array; `nextElement` follows.
    package mutating func beginArray() throws(JSONError) {}

    /// Whether another element follows, which must be read or skipped before the next call; `false` leaves the array.
    package mutating func nextElement() throws(JSONError) -> Bool { false }

    /// Reads a string, unescaped.
    package mutating func readString() throws(JSONError) -> String { "" }
    /// Reads a string without building anything.
    package mutating func readRawString() throws(JSONError) -> JSONString { throw JSONError(.unexpectedEnd, at: 0) }
    /// Reads a number that has neither fraction nor exponent.
    package mutating func readInteger() throws(JSONError) -> Int64 { 0 }
    /// Reads any number, correctly rounded.
    package mutating func readDouble() throws(JSONError) -> Double { 0 }
    package mutating func readBoolean() throws(JSONError) -> Bool { false }
    /// Consumes a `null` and returns `true`; leaves any other value alone and returns `false`.
    package mutating func readNull() throws(JSONError) -> Bool { false }

    /// Passes over the next value by its quotes and brackets only, and returns the range of its bytes.
    ///
    /// The contents are not checked beyond that: whoever needs them parses them, and whoever does not should not pay.
    @discardableResult
    package mutating func skipValue() throws(JSONError) -> Range<Int> { 0..<0 }

    /// Checks that only white space is left.
    package mutating func finish() throws(JSONError) {}
}
