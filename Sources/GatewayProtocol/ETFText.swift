/// A binary or an atom as it lies in the term. Valid as long as the reader's buffer.
package struct ETFText {
    package let raw: UnsafeRawBufferPointer
    /// Whether `raw` is Latin-1 (the old atom tags) rather than UTF-8.
    let isLatin1: Bool
    let offset: Int

    /// Whether the text is `text`, which is ASCII.
    package static func == (one: ETFText, text: StaticString) -> Bool {
        guard one.raw.count == text.utf8CodeUnitCount else { return false }
        for index in 0..<one.raw.count where one.raw[index] != text.utf8Start[index] { return false }
        return true
    }

    /// - Throws: `.invalidUTF8`.
    package func decoded() throws(ETFError) -> String {
        if isLatin1 {
            var text = ""
            for byte in raw { text.unicodeScalars.append(Unicode.Scalar(byte)) }
            return text
        }
        guard let text = String(validating: raw, as: UTF8.self) else { throw ETFError(.invalidUTF8, at: offset) }
        return text
    }
}
