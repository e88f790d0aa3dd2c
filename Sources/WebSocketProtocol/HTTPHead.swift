/// The start line and header fields of an HTTP/1.1 message (RFC 9112 §2.1).
package struct HTTPHead: Equatable, Sendable {
    package let startLine: String
    /// In the order received, blanks around the values removed.
    package let fields: [HeaderField]

    /// The values of all fields of this name, in order.
    package func values(_ name: String) -> [String] {
        fields.filter { $0.isNamed(name) }.map(\.value)
    }

    /// The elements of the comma-separated lists in all fields of this name (RFC 9110 §5.6.1), without empty ones. Commas in quoted
    /// strings do not separate.
    func elements(_ name: String) -> [String] {
        values(name).flatMap { value in
            var elements: [String] = []
            var element = ""
            var isQuoted = false
            var isEscaped = false
            for character in value.unicodeScalars {
                if character == ",", !isQuoted {
                    elements.append(element)
                    element = ""
                    continue
                }
                if character == "\"", !isEscaped { isQuoted.toggle() }
                isEscaped = character == "\\" && isQuoted && !isEscaped
                element.unicodeScalars.append(character)
            }
            elements.append(element)
            return elements.map(Self.trimmed).filter { !$0.isEmpty }
        }
    }

    /// Whether one of the list's elements is `token`, without regard to case.
    func contains(_ token: String, in name: String) -> Bool {
        elements(name).contains { $0.lowercased() == token }
    }

    static func trimmed(_ text: some StringProtocol) -> String {
        let utf8 = Array(text.utf8)
        guard let first = utf8.firstIndex(where: { !$0.isBlank }), let last = utf8.lastIndex(where: { !$0.isBlank }) else { return "" }
        return String(decoding: utf8[first...last], as: UTF8.self)
    }
}

extension HTTPHead {
    /// The value of a field that may stand at most once.
    func single(_ name: String) throws(HandshakeError) -> String? {
        let all = values(name)
        guard all.count <= 1 else { throw .repeatedField(name) }
        return all.first
    }

    /// The head as it goes over the wire.
    var encoded: [UInt8] {
        var bytes = Array(startLine.utf8)
        for field in fields { bytes.append(contentsOf: "\r\n\(field.name): \(field.value)".utf8) }
        bytes.append(contentsOf: "\r\n\r\n".utf8)
        return bytes
    }
}
