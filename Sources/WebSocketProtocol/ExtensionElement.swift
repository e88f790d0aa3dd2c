/// One element of Sec-WebSocket-Extensions (RFC 6455 §9.1): a name and its parameters.
struct ExtensionElement: Equatable {
    struct Parameter: Equatable {
        let name: String
        /// Without quotes; `nil` when the parameter has no value.
        let value: String?
    }

    let name: String
    let parameters: [Parameter]

    /// - Returns: `nil` if the text does not follow the grammar.
    init?(_ text: String) {
        let pieces = text.split(separator: ";", omittingEmptySubsequences: false).map(HTTPHead.trimmed)
        guard let name = pieces.first, Self.isToken(name) else { return nil }
        self.name = name
        var parameters: [Parameter] = []
        for piece in pieces.dropFirst() {
            let sides = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(HTTPHead.trimmed)
            guard Self.isToken(sides[0]) else { return nil }
            guard sides.count == 2 else {
                parameters.append(Parameter(name: sides[0].lowercased(), value: nil))
                continue
            }
            // §9.1: a quoted value must be a token once unquoted, so it has no escapes and no separators.
            var value = sides[1]
            if value.utf8.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") { value = String(value.dropFirst().dropLast()) }
            guard Self.isToken(value) else { return nil }
            parameters.append(Parameter(name: sides[0].lowercased(), value: value))
        }
        self.parameters = parameters
    }

    static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(\.isTokenCharacter)
    }
}
