/// Why bytes are not the external term that was asked for (Erlang, External Term Format), and where.
package struct ETFError: Error, Equatable, Sendable {
    package let kind: Kind
    /// Bytes before the fault, counted from the start of the buffer that the reader was made over.
    package let offset: Int

    package enum Kind: Equatable, Sendable {
        /// The bytes stop inside a term, or a length names more than there is.
        case unexpectedEnd
        /// The first byte is not 131.
        case unsupportedVersion(UInt8)
        /// A tag that Discord has no use for; 80, a compressed term, is among them on purpose.
        case unsupportedTag(UInt8)
        /// The term is of another kind than the caller reads.
        case wrongKind(expected: String, tag: UInt8)
        /// A text that is not UTF-8.
        case invalidUTF8
        /// A float that is infinite, not a number, or in the old form not a number's text.
        case invalidFloat
        /// An integer that the asked-for type cannot hold.
        case integerOutOfRange
        /// A list whose tail is not the empty list.
        case improperList
        /// A map key that is neither binary, atom nor integer.
        case invalidKey(tag: UInt8)
        /// More nested lists, tuples and maps than the limit.
        case tooDeep(limit: Int)
        /// Bytes after the term.
        case trailingBytes
    }

    package init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }
}

extension ETFError: CustomStringConvertible {
    package var description: String {
        let fault = switch kind {
        case .unexpectedEnd: "ETF ends inside a term"
        case .unsupportedVersion(let byte): "unsupported ETF version \(byte)"
        case .unsupportedTag(let tag): "unsupported ETF tag \(tag)"
        case .wrongKind(let expected, let tag): "expected \(expected), found ETF tag \(tag)"
        case .invalidUTF8: "text is not UTF-8"
        case .invalidFloat: "malformed float"
        case .integerOutOfRange: "integer out of range"
        case .improperList: "improper list"
        case .invalidKey(let tag): "ETF tag \(tag) cannot be a map key"
        case .tooDeep(let limit): "more than \(limit) nested terms"
        case .trailingBytes: "something follows the term"
        }
        return "\(fault) at byte \(offset)"
    }
}
