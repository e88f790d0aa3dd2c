extension String {
    /// As a terminal may show it: what would steer the terminal is replaced, line ends and tabs stay. Texts come from people that nobody knows.
    package var printable: String {
        guard unicodeScalars.contains(where: Self.isControl) else { return self }
        return String(UnicodeScalarView(unicodeScalars.map { Self.isControl($0) ? "\u{FFFD}" : $0 }))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
    }
}
