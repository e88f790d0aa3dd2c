/// Why a text is not the JSON that was asked for (RFC 8259), and where.
package struct JSONError: Error, Equatable, Sendable {
    package let kind: Kind
    /// Bytes before the fault, counted from the start of the buffer that the reader was made over.
    package let offset: Int

    package enum Kind: Equatable, Sendable {
        /// The text stops inside a value.
        case unexpectedEnd
        /// A byte that the grammar does not allow at this place.
        case unexpectedByte(UInt8)
        /// The value is well begun but of another kind than the caller reads.
        case wrongKind(expected: JSONKind, found: JSONKind)
        /// A byte below 0x20 inside a string (§7: must be escaped).
        case controlCharacter(UInt8)
        /// A backslash sequence that §7 does not list.
        case invalidEscape
        /// A string that is not UTF-8 (§8.1).
        case invalidUTF8
        /// A number with a leading zero, a missing digit or the like (§6).
        case invalidNumber
        /// A number that the asked-for type cannot hold.
        case numberOutOfRange
        /// More nested arrays and objects than the reader's limit.
        case tooDeep(limit: Int)
        /// Something other than white space after the value.
        case trailingBytes
    }

    package init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }
}

extension JSONError: CustomStringConvertible {
    package var description: String {
        let fault = switch kind {
        case .unexpectedEnd: "JSON ends inside a value"
        case .unexpectedByte(let byte): "unexpected byte 0x" + String(byte, radix: 16)
        case .wrongKind(let expected, let found): "expected \(expected.rawValue), found \(found.rawValue)"
        case .controlCharacter(let byte): "unescaped control character 0x" + String(byte, radix: 16)
        case .invalidEscape: "invalid escape sequence"
        case .invalidUTF8: "string is not UTF-8"
        case .invalidNumber: "malformed number"
        case .numberOutOfRange: "number out of range"
        case .tooDeep(let limit): "more than \(limit) nested arrays and objects"
        case .trailingBytes: "something follows the value"
        }
        return "\(fault) at byte \(offset)"
    }
}
