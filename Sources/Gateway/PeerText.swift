/// What a peer said, fit for a line of a log or a terminal: control characters become spaces, and it ends after 200 characters.
struct PeerText: CustomStringConvertible {
    let description: String

    init(_ text: some CustomStringConvertible) {
        var line = ""
        for scalar in text.description.unicodeScalars.prefix(200) {
            let isControl = scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
            if isControl || scalar.properties.isWhitespace {
                if !line.hasSuffix(" ") { line.append(" ") }
            } else {
                line.unicodeScalars.append(scalar)
            }
        }
        description = line
    }
}
