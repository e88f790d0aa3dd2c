import ArgumentParser
import Dispatch
import JSON
import Simulator

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A Discord to develop against: starts the simulator, tells on standard output what happens, takes what people do on standard input.
struct SimulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "moonwire-simulator",
        abstract: "A stand-in for Discord on this machine: gateway and REST API over TLS.",
        discussion: """
            One line of JSON on standard output says where it listens; then each line of standard input is something a person does, \
            as {"type":"say","content":"!ping"} or as plain text for #general, and each line of standard output something the bot did. \
            It ends with its standard input, on {"type":"quit"}, SIGINT or SIGTERM.
            """)

    @Option(help: "TCP port on loopback; 0 takes a free one.") var port = 0
    @Option(help: "Number from which the ids of the start follow.") var seed: UInt64 = 1
    @Option(help: "User name of the person at the keyboard.") var person = "buzz"
    @Option(help: "Further members of Moonbase.") var members = 0
    @Option(help: "Further small guilds.") var guilds = 0
    @Option(help: "Shards that GET /gateway/bot recommends.") var shards = 1
    @Option(help: "IDENTIFYs allowed in one window.") var maxConcurrency = 1
    @Option(help: "Length of that window in milliseconds.") var identifyWindow = 5000
    @Option(help: "Heartbeat interval in milliseconds.") var heartbeat = 41_250
    @Flag(help: "No REST rate limits.") var unlimited = false
    @Flag(help: "http:// and ws:// in place of TLS.") var plain = false
    @Flag(help: "Tell of every REST request and gateway command too.") var verbose = false

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port must be between 0 and 65535") }
        guard members >= 0, guilds >= 0, shards > 0, maxConcurrency > 0, identifyWindow >= 0, heartbeat > 0 else {
            throw ValidationError("counts and times must be positive")
        }
        guard max(identifyWindow, heartbeat) <= 86_400_000 else { throw ValidationError("times must not be longer than a day") }
    }

    func run() async throws {
        let server: SimulatorServer
        do {
            server = try await SimulatorServer.start(settings)
        } catch {
            Output.complain("moonwire-simulator: \(error)")
            throw ExitCode.failure
        }
        Output.write(Announcement.ready(server))
        // Before anybody can end the server, which answers nothing from then on.
        let isVerbose = verbose
        try await server.observe { observation in
            if let line = ObservationLine.json(observation, isVerbose: isVerbose) { Output.write(line) }
        }
        let lines = Input.lines()
        if isatty(STDIN_FILENO) == 1 { Output.complain(Announcement.instructions(server)) }
        let isInterrupted = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                var control = ControlLines(server: server)
                for await line in lines {
                    if Task.isCancelled { break }
                    if await control.obey(line) == .quit { break }
                }
                return false
            }
            group.addTask {
                await Input.interruption()
                return true
            }
            let isInterrupted = try await group.next() ?? false
            group.cancelAll()
            try await server.endFloods()
            try await group.waitForAll()
            return isInterrupted
        }
        await server.stop()
        // What was observed last is written before the end. A signal waits for no reader that has stopped reading.
        await Output.finish(within: isInterrupted ? .seconds(1) : nil)
        // The thread that reads standard input may still be waiting there.
        Self.exit()
    }

    private var settings: SimulatorConfiguration {
        var settings = SimulatorConfiguration()
        settings.port = port
        settings.isEncrypted = !plain
        settings.world.number = seed
        settings.world.personName = person
        settings.world.extraMembers = members
        settings.world.extraGuilds = guilds
        settings.recommendedShards = shards
        settings.maxConcurrency = maxConcurrency
        settings.pace.identifyWindow = .milliseconds(identifyWindow)
        settings.pace.heartbeatInterval = .milliseconds(heartbeat)
        if unlimited { settings.restLimits = .unlimited }
        return settings
    }
}
