/// What is wrong with `moonwire.toml` or a token source, as one line for a person: where, what, and the remedy.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }

    /// A fault at a place of a file: `moonwire.toml:7: …`.
    init(file: String, line: Int, _ text: String) {
        self.init("\(file):\(line): \(text)")
    }
}
