/// Appends one JSON text to a byte array; commas are put where they belong.
///
///     writer.beginObject(); writer.key("op"); writer.integer(1); writer.key("d"); writer.null(); writer.endObject()
///
/// The caller balances begin and end, and writes a key before each member.
package struct JSONWriter {
    /// What has been written so far.
    package private(set) var bytes: [UInt8]

    /// Appends after what `bytes` already holds, keeping its capacity.
    package init(appendingTo bytes: consuming [UInt8] = []) { self.bytes = bytes }

    package mutating func beginObject() {}
    package mutating func endObject() {}
    package mutating func beginArray() {}
    package mutating func endArray() {}
    package mutating func key(_ name: String) {}
    package mutating func string(_ text: String) {}
    package mutating func integer(_ value: some FixedWidthInteger) {}
    /// The shortest text that reads back as `value`; not-a-number and the infinities become `null`, as in ECMAScript.
    package mutating func double(_ value: Double) {}
    package mutating func boolean(_ value: Bool) {}
    package mutating func null() {}
    /// Puts `json` in verbatim as one value; the caller vouches for it.
    package mutating func raw(_ json: some Collection<UInt8>) {}
    package mutating func value(_ value: JSONValue) {}
}
