/// Traps, with the words also in a release build, unless `holds`.
func promise(_ holds: Bool, _ words: @autoclosure () -> String = "see the line") {
    if !holds { broken(words()) }
}

/// Traps, with the words also in a release build.
func broken(_ words: String) -> Never {
    fatalError("a promise is broken: \(words)")
}
