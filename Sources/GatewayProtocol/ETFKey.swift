/// A map key: a text, or an integer where an id is the key. Valid as long as the reader's buffer.
package enum ETFKey {
    case text(ETFText)
    case integer(ETFInteger, offset: Int)

    /// Whether the key is the text `text`, which is ASCII.
    package static func == (key: ETFKey, text: StaticString) -> Bool {
        if case .text(let found) = key { found == text } else { false }
    }

    /// The key as JSON has it.
    /// - Throws: `.invalidUTF8`, `.integerOutOfRange`.
    package func decoded() throws(ETFError) -> String {
        switch self {
        case .text(let text): return try text.decoded()
        case .integer(let integer, let offset):
            guard let digits = integer.decimal else { throw ETFError(.integerOutOfRange, at: offset) }
            return digits
        }
    }
}
