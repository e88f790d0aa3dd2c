/// One field of an HTTP head (RFC 9110 §5).
package struct HeaderField: Equatable, Sendable {
    /// As written; compared without regard to case.
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Whether the name is a token and the value can stand on one line: no control character, so nothing can be smuggled into the head.
    var isWellFormed: Bool {
        !name.isEmpty && name.utf8.allSatisfy(\.isTokenCharacter) && value.utf8.allSatisfy(\.isFieldValueCharacter)
    }

    func isNamed(_ other: String) -> Bool {
        name.utf8.elementsEqual(other.utf8) { $0.asciiLowercased == $1.asciiLowercased }
    }
}
