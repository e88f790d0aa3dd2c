package import Discord
import JSON

/// Reads what the host itself needs from a `d`, in either encoding, with the same calls and the same results.
///
///     var object = try reader.beginObject()
///     while let key = try reader.nextKey(in: &object) {
///         if key == "guild_id" { guild = try reader.readSnowflake() } else { try reader.skipValue() }
///     }
///
/// Allocates only for the `String`s asked for. The buffer must outlive the reader; after an error the reader must be discarded.
package struct PayloadReader {
    /// Over one value in the given encoding; what follows the value in `bytes` is not looked at.
    package init(_ bytes: UnsafeRawBufferPointer, encoding: PayloadEncoding) {}

    /// The progress of one object or array; hand it to `nextKey` or `nextElement`.
    package struct Container { }

    package mutating func beginObject() throws(PayloadError) -> Container { throw .missingOpcode }
    /// The next member's key, or `nil` after the last. Its value must be read or skipped before the next call.
    package mutating func nextKey(in object: inout Container) throws(PayloadError) -> PayloadKey? { nil }
    package mutating func beginArray() throws(PayloadError) -> Container { throw .missingOpcode }
    /// Whether another element follows, which must be read or skipped before the next call.
    package mutating func nextElement(in array: inout Container) throws(PayloadError) -> Bool { false }

    package mutating func readString() throws(PayloadError) -> String { "" }
    package mutating func readInteger() throws(PayloadError) -> Int64 { 0 }
    /// Reads any number.
    package mutating func readDouble() throws(PayloadError) -> Double { 0 }
    package mutating func readBoolean() throws(PayloadError) -> Bool { false }
    /// Reads an id, which either encoding may write as text or as a number.
    package mutating func readSnowflake() throws(PayloadError) -> Snowflake { throw .missingOpcode }
    /// Consumes a null and returns `true`; leaves any other value alone and returns `false`.
    package mutating func readNull() throws(PayloadError) -> Bool { false }
    /// Passes over the next value and returns the range of its bytes.
    @discardableResult
    package mutating func skipValue() throws(PayloadError) -> Range<Int> { 0..<0 }
}
