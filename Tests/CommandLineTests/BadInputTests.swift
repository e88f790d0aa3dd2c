import Foundation
import Discord
import Simulator
import TestSupport
import Testing

@Suite("What bad input gets: one line that names the thing and the remedy, and an exit code", .serialized)
struct BadInputTests {
    static let token = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789AB"

    private func expect(
        _ outcome: Moonwire.Outcome, status: Int32, _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(outcome.status == status, "\(outcome.errors)", sourceLocation: sourceLocation)
        let lines = outcome.errors.split(separator: "\n").filter { !$0.contains(" info ") }
        #expect(lines.last?.hasPrefix("moonwire: ") == true, "\(outcome.errors)", sourceLocation: sourceLocation)
        for part in parts {
            #expect(outcome.errors.contains(part), "'\(part)' is not in: \(outcome.errors)", sourceLocation: sourceLocation)
        }
        #expect(!outcome.errors.contains("Fatal error") && !outcome.errors.contains(Self.token), sourceLocation: sourceLocation)
    }

    @Test("no token")
    func noToken() throws {
        expect(try Moonwire.run(["run", "examples/hello"]), status: 78, "no token: set DISCORD_TOKEN", "--simulate")
    }

    @Test("a malformed token is named by its source and never shown", arguments: [
        ("Bot \(token)", "without the word \"Bot\""), ("abc def", "white space"), ("abcdef", "malformed"),
    ])
    func malformedToken(token: String, reason: String) throws {
        let outcome = try Moonwire.run(["run", "examples/hello"], environment: ["DISCORD_TOKEN": token])
        expect(outcome, status: 78, "token from DISCORD_TOKEN: ", reason)
        #expect(!outcome.errors.contains(token))
    }

    @Test("a token file that is missing, or readable by others")
    func tokenFile() throws {
        let folder = try TemporaryFolder()
        expect(
            try Moonwire.run(["run", "examples/hello"], environment: ["DISCORD_TOKEN_FILE": folder.path("none")]), status: 78,
            "DISCORD_TOKEN_FILE", "no such file")
        try folder.write("moonwire/token", Self.token)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.path("moonwire/token"))
        expect(
            try Moonwire.run(["run", "examples/hello"], environment: ["XDG_CONFIG_HOME": folder.path("")]), status: 78, "can be read by others",
            "chmod 600")
    }

    /// A configuration file for a simulator, in a folder of its own.
    private func configuration(_ simulator: SimulatorServer, trusted: Bool = true) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let authority = trusted ? "ca_file = \"\(simulator.caFile ?? "")\"\n" : ""
        try folder.write("moonwire.toml", "[discord]\napi_url = \"\(simulator.apiURL)\"\ngateway_url = \"\(simulator.gatewayURL)\"\n\(authority)[state]\ndirectory = \"\(folder.path("state"))\"\n")
        return folder
    }

    private func run(_ folder: TemporaryFolder, token: String, _ more: [String] = []) throws -> Moonwire.Outcome {
        try Moonwire.run(["run", "examples/hello", "--config", folder.path("moonwire.toml")] + more, environment: ["DISCORD_TOKEN": token])
    }

    @Test("a token that Discord refuses (401)")
    func refusedToken() async throws {
        let simulator = try await SimulatorServer.start()
        expect(try run(try configuration(simulator), token: Self.token), status: 6, "token")
        await simulator.stop()
    }

    @Test("an intent that is switched off in the portal is named before Discord closes for it")
    func disallowedIntents() async throws {
        var settings = SimulatorConfiguration()
        settings.grantedIntents = .unprivileged
        let simulator = try await SimulatorServer.start(settings)
        expect(try run(try configuration(simulator), token: simulator.token), status: 6, "GUILD_MEMBERS", "developer portal")
        await simulator.stop()
    }

    @Test("an unreachable host")
    func unreachable() throws {
        let folder = try TemporaryFolder()
        try folder.write("moonwire.toml", "[discord]\napi_url = \"http://127.0.0.1:1/api/v10\"\n")
        expect(try run(folder, token: Self.token), status: 1, "127.0.0.1")
    }

    @Test("a gateway that cannot be reached, while REST can")
    func unreachableGateway() async throws {
        let simulator = try await SimulatorServer.start()
        let folder = try TemporaryFolder()
        try folder.write("moonwire.toml", """
            [discord]
            api_url = "\(simulator.apiURL)"
            gateway_url = "ws://127.0.0.1:1"
            ca_file = "\(simulator.caFile ?? "")"
            [state]
            directory = "\(folder.path("state"))"
            """)
        expect(try run(folder, token: simulator.token), status: 1, "moonwire: cannot connect to 127.0.0.1:1", "is a server listening")
        await simulator.stop()
    }

    @Test("a server that answers, but not as Discord does")
    func notDiscord() throws {
        let folder = try TemporaryFolder()
        try folder.write("api/applications/@me", "<html>sign in to this network</html>")
        try folder.write("api/gateway/bot", "<html>sign in to this network</html>")
        let server = try PeerProcess("python3", ["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", folder.path("")], errorsWithOutput: true)
        let port = server.readLine(after: "Serving HTTP on 127.0.0.1 port ")?.split(separator: " ").first ?? ""
        try folder.write("moonwire.toml", "[discord]\napi_url = \"http://127.0.0.1:\(port)/api\"\n[state]\ndirectory = \"\(folder.path("state"))\"\n")
        try withExtendedLifetime(server) {
            expect(try run(folder, token: Self.token), status: 1, "moonwire: GET /gateway/bot: the answer is not Discord's; check [discord] api_url")
        }
    }

    @Test("a signal while Discord does not answer ends the program as asked, not as a failure")
    func signalWhileConnecting() throws {
        let listener = try ListeningSocket()
        let folder = try TemporaryFolder()
        try folder.write("moonwire.toml", "[discord]\napi_url = \"http://127.0.0.1:\(listener.port)/api\"\n")
        let moonwire = try Moonwire(
            ["run", "examples/hello", "--config", folder.path("moonwire.toml")], environment: ["DISCORD_TOKEN": Self.token])
        try listener.accept()
        moonwire.signal(SIGTERM)
        let outcome = moonwire.wait()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(!outcome.errors.contains("moonwire: ") && !outcome.errors.contains("warning"), "\(outcome.errors)")
    }

    @Test("a certificate that does not verify")
    func certificate() async throws {
        let simulator = try await SimulatorServer.start()
        expect(try run(try configuration(simulator, trusted: false), token: simulator.token), status: 1, "certificate", "localhost")
        await simulator.stop()
    }

    @Test("a CA file that is missing")
    func missingAuthority() throws {
        let folder = try TemporaryFolder()
        try folder.write("moonwire.toml", "[discord]\nca_file = \"none.pem\"\n")
        expect(try run(folder, token: Self.token), status: 78, "none.pem")
    }

    @Test("a folder for state that cannot be made, before anybody is asked anything")
    func state() throws {
        let folder = try TemporaryFolder()
        try folder.write("file", "")
        try folder.write("moonwire.toml", "[state]\ndirectory = \"\(folder.path("file/state"))\"\n")
        expect(try run(folder, token: Self.token), status: 78, "moonwire: state.directory '", "/file/state' cannot be written: Not a directory")
    }

    @Test("a pack that does not exist")
    func missingPack() throws {
        expect(try Moonwire.run(["run", "no/such/pack", "--simulate"]), status: 78, "no pack at 'no/such/pack'", "main.lua")
    }

    @Test("a Lua syntax error names file and line and shows the source")
    func syntaxError() throws {
        let folder = try TemporaryFolder()
        try folder.write("broken/main.lua", "local bot = require 'bot'\nbot.on('ready' function() end)\n")
        let outcome = try Moonwire.run(["run", folder.path("broken"), "--simulate"])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("broken/main.lua:2:"), "\(outcome.errors)")
        #expect(outcome.errors.contains("2 | bot.on('ready' function() end)"), "\(outcome.errors)")
    }

    @Test("an error in a file that is required shows that file's line")
    func requiredSyntaxError() throws {
        let folder = try TemporaryFolder()
        try folder.write("broken/main.lua", "require 'lib.util'\n")
        try folder.write("broken/lib/util.lua", "local one = 1\nlocal two = = 2\n")
        let outcome = try Moonwire.run(["run", folder.path("broken"), "--simulate"])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("broken/lib/util.lua:2: unexpected symbol near '='"), "\(outcome.errors)")
        #expect(outcome.errors.contains("2 | local two = = 2"), "\(outcome.errors)")
    }

    @Test("an unknown event is answered with the nearest known one")
    func unknownEvent() throws {
        let folder = try TemporaryFolder()
        try folder.write("typo/main.lua", "require('bot').on('mesage_create', print)\n")
        let outcome = try Moonwire.run(["run", folder.path("typo"), "--simulate"])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("typo/main.lua:1: unknown event 'mesage_create'; did you mean 'message_create'?"), "\(outcome.errors)")
    }

    @Test("an unknown key in moonwire.toml")
    func unknownKey() throws {
        let folder = try TemporaryFolder()
        try folder.write("moonwire.toml", "[discord]\napi_ulr = \"x\"\n")
        expect(try run(folder, token: Self.token), status: 78, "moonwire.toml:2: unknown key 'discord.api_ulr'; did you mean 'discord.api_url'?")
    }

    @Test("a word that is no command is answered with the one that was meant", arguments: [
        ("rnu", "moonwire: no command 'rnu'; did you mean: moonwire run\n"),
        ("examples/hello", "moonwire: no command 'examples/hello'; did you mean: moonwire run examples/hello\n"),
        ("frobnicate", "moonwire: no command 'frobnicate'; there are run, version, help\n"),
    ])
    func command(word: String, expected: String) throws {
        let outcome = try Moonwire.run([word])
        #expect(outcome.status == 2 && outcome.errors == expected, "\(outcome.errors)")
    }

    @Test("two packs with one name are told with both paths, a pack that is given twice as such")
    func twins() throws {
        let folder = try TemporaryFolder()
        for name in ["one/dice", "two/dice"] { try folder.write("\(name)/main.lua", "") }
        expect(
            try Moonwire.run(["run", folder.path("one/dice"), folder.path("two/dice"), "--simulate"]), status: 2, "two packs are called 'dice'", "/one/dice and ",
            "/two/dice")
        expect(try Moonwire.run(["run", "examples/hello", "examples/hello/", "--simulate"]), status: 2, "the pack 'hello' is listed twice")
    }

    @Test("wrong usage has status 2 and says what would be right", arguments: [["run", "--frobnicate"], ["frobnicate"], ["run"], ["run", "x", "--log-level", "loud"]])
    func usage(arguments: [String]) throws {
        let outcome = try Moonwire.run(arguments)
        #expect(outcome.status == 2, "\(outcome.errors)")
        #expect(outcome.errors.hasPrefix("moonwire: "))
    }

    @Test("--help and version succeed on standard output", arguments: [["--help"], ["run", "--help"], ["version"]])
    func help(arguments: [String]) throws {
        let outcome = try Moonwire.run(arguments)
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("moonwire") && outcome.errors.isEmpty)
    }
}
