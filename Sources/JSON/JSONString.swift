/// A string as it lies in the text: the bytes between the quotes, still escaped. Reading one builds nothing.
///
/// Valid only as long as the buffer that the `JSONReader` was made over.
package struct JSONString {
    /// The bytes between the quotes. They hold no control character; they are UTF-8 only if the sender was honest.
    package let raw: UnsafeRawBufferPointer
    /// Whether `raw` holds a backslash.
    package let isEscaped: Bool
    let offset: Int

    init(raw: UnsafeRawBufferPointer, isEscaped: Bool, offset: Int) {
        self.raw = raw
        self.isEscaped = isEscaped
        self.offset = offset
    }

    /// Whether the string, unescaped, is `text`. `text` is ASCII without quote and backslash, as keys of protocols are.
    package static func == (string: JSONString, text: StaticString) -> Bool { false }

    /// The string, unescaped. A surrogate escape without its partner becomes U+FFFD, since RFC 8259 §8.2 leaves it open
    /// and no UTF-8 exists for it.
    /// - Throws: `.invalidUTF8`, `.invalidEscape`.
    package func decoded() throws(JSONError) -> String { "" }
}
