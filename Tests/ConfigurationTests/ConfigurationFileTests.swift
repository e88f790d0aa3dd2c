import Testing

@testable import Configuration

@Suite("moonwire.toml")
struct ConfigurationFileTests {
    private func parse(_ text: String) throws -> Settings {
        try ConfigurationFile.parse(Array(text.utf8), file: "moonwire.toml")
    }

    private func fault(_ text: String) -> String? {
        do {
            _ = try parse(text)
            return nil
        } catch { return "\(error)" }
    }

    @Test("an empty file has the defaults")
    func defaults() throws {
        #expect(try parse("") == Settings())
    }

    @Test("every key is read")
    func everyKey() throws {
        let configuration = try parse(
            """
            packs = ["one", "two"]
            [discord]
            api_url = "http://127.0.0.1:8080/api/v10/"
            gateway_url = "ws://127.0.0.1:8081"
            ca_file = "ca.pem"
            token_file = "token"
            intents = ["guilds"]
            compress = "zlib-stream"
            encoding = "etf"
            shards = "2-3/16"
            [log]
            level = "debug"
            format = "json"
            [limits]
            memory_mb = 8
            cpu_warn_ms = 5
            cpu_stop_ms = 50
            queue_mb = 1
            [state]
            directory = "state"
            """)
        var expected = Settings()
        expected.packs = ["one", "two"]
        expected.discord.apiURL = "http://127.0.0.1:8080/api/v10"
        expected.discord.gatewayURL = "ws://127.0.0.1:8081"
        expected.discord.caFile = "ca.pem"
        expected.discord.tokenFile = "token"
        expected.discord.intents = ["guilds"]
        expected.discord.compress = .zlib
        expected.discord.encoding = .etf
        expected.discord.shards = .range(2...3, of: 16)
        expected.log.level = .debug
        expected.log.format = .json
        expected.limits.memoryMegabytes = 8
        expected.limits.cpuWarnMilliseconds = 5
        expected.limits.cpuStopMilliseconds = 50
        expected.limits.queueMegabytes = 1
        expected.stateDirectory = "state"
        #expect(configuration == expected)
    }

    @Test("each limit is read into its own value, at both ends of its range and not beyond", arguments: LimitSettings.keys.map(\.name))
    func limits(name: String) throws {
        let key = try #require(LimitSettings.keys.first { $0.name == name })
        for value in [key.range.lowerBound, key.range.upperBound] {
            var expected = LimitSettings()
            expected[keyPath: key.value] = Int(value)
            #expect(try parse("[limits]\n\(name) = \(value)").limits == expected)
        }
        #expect(key.range.contains(Int64(LimitSettings()[keyPath: key.value])), "the default is in its own range")
        for value in [key.range.lowerBound - 1, key.range.upperBound + 1] {
            #expect(fault("[limits]\n\(name) = \(value)")?.contains("'limits.\(name)' must be a whole number from") == true)
        }
    }

    @Test("a fault names file, line, key and remedy", arguments: [
        ("[discord]\napi_ulr = \"x\"", "moonwire.toml:2: unknown key 'discord.api_ulr'; did you mean 'discord.api_url'?"),
        ("[discord]\n\ntoken = \"abc\"", "moonwire.toml:3: the token does not belong in this file"),
        ("[discord]\napi_url = \"ftp://x\"", "moonwire.toml:2: 'discord.api_url' must be a URL that begins with https:// or http://"),
        ("[log]\nlevel = \"loud\"", "moonwire.toml:2: 'log.level' must be one of \"trace\""),
        ("pakcs = []", "moonwire.toml:1: unknown key 'pakcs'; did you mean 'packs'?"),
        ("api_url = \"https://x\"", "moonwire.toml:1: unknown key 'api_url'; did you mean 'discord.api_url'?"),
        ("colour = 1", "moonwire.toml:1: unknown key 'colour'; known are packs, discord, log, limits, state"),
        ("[log]\ncolour = 1", "moonwire.toml:2: unknown key 'log.colour'; known are log.level, log.format"),
        ("[log]\nlevel = \"loud\"\n[discord]\nshards = 0", "moonwire.toml:2: 'log.level'"),
        ("[discord]\nintents = [\"guilds\", \"guild_voice_statse\"]",
            "moonwire.toml:2: 'discord.intents[1]' must be an intent, not 'guild_voice_statse'; did you mean \"guild_voice_states\"?"),
        ("[discord]\nintents = [\"everything\"]", "moonwire.toml:2: 'discord.intents[0]' must be an intent, not 'everything'; known are guilds, "),
        ("[limits]\nmemory_mb = 1", "moonwire.toml:2: 'limits.memory_mb' must be a whole number from 4 to 4096"),
        ("[limits]\ntimer = 1", "moonwire.toml:2: unknown key 'limits.timer'; did you mean 'limits.timers'?"),
        ("packs = \"one\"", "moonwire.toml:1: 'packs' must be a list of strings"),
        ("packs = [1]", "moonwire.toml:1: 'packs[0]' must be a string in quotes"),
        ("discord = 3", "moonwire.toml:1: 'discord' must be a table: [discord]"),
        ("[discord]\nshards = \"4-2/16\"", "moonwire.toml:2: 'discord.shards' must be \"auto\""),
        ("[discord\n", "moonwire.toml:1: not valid TOML: "),
        ("a = \"\u{0}\"", "moonwire.toml:1: not valid TOML: "),
        ("[ = 1\n", "moonwire.toml:1: not valid TOML: "),
        ("a = é", "moonwire.toml:1: not valid TOML: "),
        ("discord = { \u{FEDF}", "moonwire.toml:1: not valid TOML: "),
    ])
    func faults(text: String, expected: String) {
        let fault = fault(text)
        #expect(fault?.hasPrefix(expected) == true, "\(fault ?? "no fault")")
    }

    @Test("a fault is one line, whatever the file says", arguments: ["\"a\\nb\" = 1", "\"a\\u001B[31mb\" = 1", "\"a\\u0085b\" = 1"])
    func oneLine(text: String) {
        let fault = fault(text)
        #expect(fault?.unicodeScalars.contains { $0.properties.generalCategory == .control } == false, "\(fault ?? "no fault")")
    }

    @Test("a fault never shows the token that was written into the file")
    func tokenIsNotShown() {
        #expect(fault("[discord]\ntoken = \"c2VjcmV0\"")?.contains("c2VjcmV0") == false)
    }

    @Test("shards are auto, a count, or a range of a count", arguments: [
        ("auto", DiscordSettings.ShardSetting.automatic), ("16", .count(16)), ("0-3/16", .range(0...3, of: 16)), ("5/16", .range(5...5, of: 16)),
    ])
    func shards(text: String, expected: DiscordSettings.ShardSetting) {
        #expect(DiscordSettings.ShardSetting(text) == expected)
    }

    @Test("what is no shard layout is none", arguments: ["", "0", "-1", "16-20/16", "3-2/16", "a/16", "1-2-3/16", "1-2/"])
    func noShards(text: String) {
        #expect(DiscordSettings.ShardSetting(text) == nil)
    }
}
