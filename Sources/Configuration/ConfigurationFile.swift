internal import Discord

/// Reads `moonwire.toml`. Every key is named here once; a key that is not is refused with the nearest one that is.
package struct ConfigurationFile {
    private let file: String
    private var configuration = Settings()

    /// - Parameter file: the name for error lines, as the user wrote it.
    /// - Throws: `ConfigurationError`, one line with file, line, fault and remedy.
    package static func parse(_ text: [UInt8], file: String) throws(ConfigurationError) -> Settings {
        var reader = ConfigurationFile(file: file)
        for entry in try TOMLDocument(parsing: text, file: file).entries { try reader.read(entry) }
        return reader.configuration
    }

    private init(file: String) {
        self.file = file
    }

    /// The tables and keys there are; `[]` marks the elements of an array.
    private static let keys = [
        "packs", "packs[]", "discord", "discord.api_url", "discord.gateway_url", "discord.ca_file", "discord.token_file",
        "discord.intents", "discord.intents[]", "discord.compress", "discord.encoding", "discord.shards", "log", "log.level",
        "log.format", "limits", "state", "state.directory",
    ] + LimitSettings.keys.map { "limits.\($0.name)" }

    private mutating func read(_ entry: TOMLDocument.Entry) throws(ConfigurationError) {
        let key = entry.path.last == "]" ? entry.path.prefix { $0 != "[" } + "[]" : entry.path
        switch key {
        case "packs", "discord.intents": try expect(.array, entry)
        case "discord", "log", "limits", "state": try expect(.table, entry)
        case "packs[]": configuration.packs.append(try string(entry))
        case "discord.api_url": configuration.discord.apiURL = try url(entry, schemes: ["https", "http"])
        case "discord.gateway_url": configuration.discord.gatewayURL = try url(entry, schemes: ["wss", "ws"])
        case "discord.ca_file": configuration.discord.caFile = try string(entry)
        case "discord.token_file": configuration.discord.tokenFile = try string(entry)
        case "discord.intents[]": configuration.discord.intents.append(try intent(entry))
        case "discord.compress": configuration.discord.compress = try choice(entry)
        case "discord.encoding": configuration.discord.encoding = try choice(entry)
        case "discord.shards": configuration.discord.shards = try shards(entry)
        case "log.level": configuration.log.level = try choice(entry)
        case "log.format": configuration.log.format = try choice(entry)
        case "state.directory": configuration.stateDirectory = try string(entry)
        default:
            guard let limit = LimitSettings.keys.first(where: { "limits.\($0.name)" == key }) else { throw unknown(entry) }
            configuration.limits[keyPath: limit.value] = try integer(entry, in: limit.range)
        }
    }

    private func unknown(_ entry: TOMLDocument.Entry) -> ConfigurationError {
        if entry.path == "discord.token" || entry.path == "token" {
            return ConfigurationError(
                file: file, line: entry.line,
                "the token does not belong in this file; put it into the environment variable DISCORD_TOKEN or name a file with discord.token_file")
        }
        let known = Self.keys.filter { !$0.hasSuffix("[]") }
        let word = entry.path.split(separator: ".").last ?? ""
        // Mistyped, or right but in the wrong table.
        if let meant = EditDistance.nearest(to: entry.path, among: known) ?? known.first(where: { $0.hasSuffix(".\(word)") }) {
            return ConfigurationError(file: file, line: entry.line, "unknown key '\(entry.path)'; did you mean '\(meant)'?")
        }
        let table = entry.path.dropLast(word.count)
        let beside = known.filter { $0.hasPrefix(table) && !$0.dropFirst(table.count).contains(".") }
        return ConfigurationError(file: file, line: entry.line, "unknown key '\(entry.path)'; known are \(beside.joined(separator: ", "))")
    }

    private func fault(_ entry: TOMLDocument.Entry, _ expected: String) -> ConfigurationError {
        ConfigurationError(file: file, line: entry.line, "'\(entry.path)' must be \(expected)")
    }

    private func expect(_ kind: TOMLDocument.Value, _ entry: TOMLDocument.Entry) throws(ConfigurationError) {
        guard entry.value == kind else {
            throw fault(entry, kind == .array ? "a list of strings, like [\"one\", \"two\"]" : "a table: [\(entry.path)]")
        }
    }

    private func string(_ entry: TOMLDocument.Entry) throws(ConfigurationError) -> String {
        guard case .string(let text) = entry.value, !text.isEmpty else { throw fault(entry, "a string in quotes, not empty") }
        return text
    }

    private func integer(_ entry: TOMLDocument.Entry, in range: ClosedRange<Int64>) throws(ConfigurationError) -> Int {
        guard case .integer(let number) = entry.value, range.contains(number) else {
            throw fault(entry, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return Int(number)
    }

    private func choice<Choice: RawRepresentable & CaseIterable>(_ entry: TOMLDocument.Entry) throws(ConfigurationError) -> Choice
    where Choice.RawValue == String {
        guard case .string(let text) = entry.value, let choice = Choice(rawValue: text) else {
            throw fault(entry, "one of " + Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))
        }
        return choice
    }

    private func url(_ entry: TOMLDocument.Entry, schemes: [String]) throws(ConfigurationError) -> String {
        let text = try string(entry)
        guard let scheme = schemes.first(where: { text.hasPrefix($0 + "://") }), text.utf8.count > scheme.utf8.count + 3 else {
            throw fault(entry, "a URL that begins with " + schemes.map { $0 + "://" }.joined(separator: " or "))
        }
        return text.last == "/" ? String(text.dropLast()) : text
    }

    private func intent(_ entry: TOMLDocument.Entry) throws(ConfigurationError) -> String {
        let name = try string(entry)
        guard Intents(name: name) == nil else { return name }
        let known = Intents.names.map { $0.name.lowercased() }
        let nearest = EditDistance.nearest(to: name.lowercased(), among: known)
        throw fault(entry, "an intent, not '\(name)'; " + (nearest.map { "did you mean \"\($0)\"?" } ?? "known are \(known.joined(separator: ", "))"))
    }

    private func shards(_ entry: TOMLDocument.Entry) throws(ConfigurationError) -> DiscordSettings.ShardSetting {
        switch entry.value {
        case .integer(let count) where (1...100_000).contains(count): return .count(Int(count))
        case .string(let text):
            if let setting = DiscordSettings.ShardSetting(text) { return setting }
            fallthrough
        default: throw fault(entry, "\"auto\", a count, or a range of a count like \"0-3/16\"")
        }
    }
}

extension DiscordSettings.ShardSetting {
    /// Reads `auto`, `16` or `0-3/16`.
    package init?(_ text: String) {
        if text == "auto" {
            self = .automatic
            return
        }
        if let count = Int(text), (1...100_000).contains(count) {
            self = .count(count)
            return
        }
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, let total = Int(halves[1]), (1...100_000).contains(total) else { return nil }
        let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false).compactMap { Int($0) }
        guard let first = ends.first, let last = ends.last, ends.count <= 2, first >= 0, first <= last, last < total else { return nil }
        self = .range(first...last, of: total)
    }
}
