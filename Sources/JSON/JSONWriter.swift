/// Appends one JSON text to a byte array; commas are put where they belong.
///
///     writer.beginObject(); writer.key("op"); writer.integer(1); writer.key("d"); writer.null(); writer.endObject()
///
/// The caller balances begin and end, and writes a key before each member.
package struct JSONWriter {
    /// What has been written so far.
    package private(set) var bytes: [UInt8]
    /// Whether the next key or element follows another one of its container.
    private var needsComma = false

    /// Appends after what `bytes` already holds, keeping its capacity.
    package init(appendingTo bytes: consuming [UInt8] = []) { self.bytes = bytes }

    package mutating func beginObject() { open(UInt8(ascii: "{")) }
    package mutating func endObject() { close(UInt8(ascii: "}")) }
    package mutating func beginArray() { open(UInt8(ascii: "[")) }
    package mutating func endArray() { close(UInt8(ascii: "]")) }

    package mutating func key(_ name: String) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func string(_ text: String) {
        separate()
        quote(text)
    }

    package mutating func integer(_ value: some FixedWidthInteger) { word(String(value)) }

    /// The shortest text that reads back as `value`; not-a-number and the infinities become `null`, as in ECMAScript.
    package mutating func double(_ value: Double) { word(value.isFinite ? value.description : "null") }

    package mutating func boolean(_ value: Bool) { word(value ? "true" : "false") }

    package mutating func null() { word("null") }

    /// Puts `json` in verbatim as one value; the caller vouches for it.
    package mutating func raw(_ json: some Collection<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let flag): boolean(flag)
        case .integer(let number): integer(number)
        case .double(let number): double(number)
        case .string(let text): string(text)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let object):
            beginObject()
            for (name, member) in object.members {
                key(name)
                self.value(member)
            }
            endObject()
        }
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func word(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    /// Escapes what RFC 8259 §7 requires: the quote, the backslash and the control characters.
    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            var run = 0
            for index in utf8.indices {
                let byte = utf8[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                bytes.append(contentsOf: utf8[run..<index])
                run = index + 1
                appendEscape(of: byte)
            }
            bytes.append(contentsOf: utf8[run...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func appendEscape(of byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0..<0x20:
            let digits: StaticString = "0123456789abcdef"
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(digits.utf8Start[Int(byte >> 4)])
            bytes.append(digits.utf8Start[Int(byte & 0xF)])
        default: bytes.append(byte)
        }
    }
}
