import Discord
import JSON
import Simulator

/// What the program says when it is ready.
enum Announcement {
    /// The line for programs.
    static func ready(_ server: SimulatorServer) -> JSONValue {
        [
            "ready": true, "api_url": .string(server.apiURL), "gateway_url": .string(server.gatewayURL),
            "ca_file": server.caFile.map(JSONValue.string) ?? .null, "token": .string(server.token),
            "guild_id": .string(server.guildID.description), "channel_id": .string(server.channelID.description),
            "user": .string(server.personName), "user_id": .string(server.personID.description), "bot_id": .string(server.botID.description),
        ]
    }

    /// The same for a person at a terminal.
    static func instructions(_ server: SimulatorServer) -> String {
        let authority = server.caFile.map { "\n    ca_file = \"\($0)\"" } ?? ""
        return """

            The simulator is ready. In moonwire.toml:

                [discord]
                api_url = "\(server.apiURL)"
                gateway_url = "\(server.gatewayURL)"\(authority)

            and in the shell that runs the bot:

                export DISCORD_TOKEN=\(server.token)

            What you type here is said in #general by \(server.personName); lines of JSON do more, such as
            {"type":"join","name":"ada"} or {"type":"command","name":"roll","options":{"sides":6}}. Ctrl-D ends.

            """
    }
}
