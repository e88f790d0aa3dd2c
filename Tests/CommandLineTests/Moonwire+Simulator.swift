import JSON
import Simulator
import TestSupport

extension Moonwire {
    /// Runs a pack against a simulator, in a folder of its own that also holds its state.
    ///
    /// - Parameters:
    ///   - discord: further lines of `[discord]`; the gateway's URL is what GET /gateway/bot answers.
    ///   - limits: lines of `[limits]`.
    convenience init(
        _ simulator: SimulatorServer, pack script: String, discord: String = "", limits: String = "", arguments: [String] = [],
        environment: [String: String] = [:]
    ) throws {
        let folder = try TemporaryFolder()
        try folder.write("pack/main.lua", script)
        try Self.configure(simulator, in: folder, discord: discord, limits: limits)
        try self.init(simulator, in: folder, arguments: arguments, environment: environment)
    }

    /// Runs the pack of a folder that an earlier process has used, with its state.
    convenience init(
        _ simulator: SimulatorServer, in folder: TemporaryFolder, arguments: [String] = [], environment: [String: String] = [:]
    ) throws {
        var environment = environment
        environment["DISCORD_TOKEN"] = simulator.token
        try self.init(["run", folder.path("pack"), "--config", folder.path("moonwire.toml")] + arguments, environment: environment)
        self.folder = folder
    }

    static func configure(_ simulator: SimulatorServer, in folder: TemporaryFolder, discord: String = "", limits: String = "") throws {
        try folder.write("moonwire.toml", """
            [discord]
            api_url = "\(simulator.apiURL)"
            ca_file = "\(simulator.caFile ?? "")"
            \(discord)
            [limits]
            \(limits)
            [state]
            directory = "\(folder.path("state"))"
            """)
    }
}

extension SimulatorServer {
    /// How often something happened to sessions so far.
    func count(_ matches: (Observation.SessionChange.State) -> Bool) async throws -> Int {
        try await observations().count { if case .session(let change) = $0 { matches(change.state) } else { false } }
    }

    var identifies: Int { get async throws { try await count { $0 == .identified } } }
    var resumes: Int { get async throws { try await count { $0 == .resumed } } }

    /// The texts of the bot's messages.
    var said: [String] {
        get async throws {
            try await observations().compactMap { if case .message(let message) = $0 { message["content"]?.stringValue } else { nil } }
        }
    }
}
