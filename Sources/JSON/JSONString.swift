/// A string as it lies in the text: the bytes between the quotes, still escaped. Reading one builds nothing.
///
/// Valid only as long as the buffer that the `JSONReader` was made over.
package struct JSONString {
    /// The bytes between the quotes. They hold no control character and no bare quote; whether they are UTF-8 and their
    /// escapes are valid, `decoded` finds out.
    package let raw: UnsafeRawBufferPointer
    /// Whether `raw` holds a backslash.
    package let isEscaped: Bool
    /// Where `raw` begins in the reader's buffer.
    package let offset: Int

    init(raw: UnsafeRawBufferPointer, isEscaped: Bool, offset: Int) {
        self.raw = raw
        self.isEscaped = isEscaped
        self.offset = offset
    }

    /// Whether the string, unescaped, is `text`. A string that cannot be decoded is none.
    package static func == (string: JSONString, text: StaticString) -> Bool {
        guard !string.isEscaped else {
            do { return try string.decoded() == text.description } catch { return false }
        }
        guard string.raw.count == text.utf8CodeUnitCount else { return false }
        for index in 0..<string.raw.count where string.raw[index] != text.utf8Start[index] { return false }
        return true
    }

    /// The string, unescaped. A surrogate escape without its partner becomes U+FFFD, since RFC 8259 §8.2 leaves it open
    /// and no UTF-8 exists for it.
    /// - Throws: `.invalidUTF8`, `.invalidEscape`.
    package func decoded() throws(JSONError) -> String {
        guard isEscaped else {
            guard let text = String(validating: raw, as: UTF8.self) else { throw JSONError(.invalidUTF8, at: offset) }
            return text
        }
        let bytes = try unescaped()
        guard let text = String(validating: bytes, as: UTF8.self) else { throw JSONError(.invalidUTF8, at: offset) }
        return text
    }

    private func unescaped() throws(JSONError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(raw.count)
        var index = 0
        while index < raw.count {
            guard raw[index] == UInt8(ascii: "\\") else {
                bytes.append(raw[index])
                index += 1
                continue
            }
            let escape = index
            guard index + 1 < raw.count else { throw JSONError(.invalidEscape, at: offset + escape) }
            index += 2
            switch raw[escape + 1] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(raw[escape + 1])
            case UInt8(ascii: "b"): bytes.append(0x08)
            case UInt8(ascii: "f"): bytes.append(0x0C)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "u"):
                guard let unit = codeUnit(at: index) else { throw JSONError(.invalidEscape, at: offset + escape) }
                index += 4
                var scalar = Unicode.Scalar(unit)
                if UTF16.isLeadSurrogate(unit), let low = escapedCodeUnit(at: index), UTF16.isTrailSurrogate(low) {
                    scalar = Unicode.Scalar(0x10000 + (UInt32(unit) & 0x3FF) << 10 + UInt32(low) & 0x3FF)
                    index += 6
                }
                bytes.append(contentsOf: (scalar ?? "\u{FFFD}").utf8)
            default: throw JSONError(.invalidEscape, at: offset + escape)
            }
        }
        return bytes
    }

    /// The four hexadecimal digits at `index`.
    private func codeUnit(at index: Int) -> UInt16? {
        guard index + 4 <= raw.count else { return nil }
        var unit: UInt16 = 0
        for byte in raw[index..<index + 4] {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - 0x30
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): digit = (byte | 0x20) - 0x57
            default: return nil
            }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    /// The code unit of a `\u` escape that begins at `index`.
    private func escapedCodeUnit(at index: Int) -> UInt16? {
        guard index + 6 <= raw.count, raw[index] == UInt8(ascii: "\\"), raw[index + 1] == UInt8(ascii: "u") else { return nil }
        return codeUnit(at: index + 2)
    }
}
