/// What is wrong with `moonwire.toml` or a token source, as one line for a person: where, what, and the remedy. Control characters, which a
/// quoted key may hold, are blanks in it.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = String(String.UnicodeScalarView(description.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }

    /// A fault at a place of a file: `moonwire.toml:7: …`.
    init(file: String, line: Int, _ text: String) {
        self.init("\(file):\(line): \(text)")
    }
}
