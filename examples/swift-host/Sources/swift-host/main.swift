import Dispatch
import MoonwireClient

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

func run() async throws(DiscordError) {
    var configuration = ClientConfiguration()
    if let url = environment("DISCORD_API_URL") { configuration.apiURL = url }
    configuration.caFile = environment("DISCORD_CA_FILE")

    // The library reads no environment itself: where the token comes from is the host's business.
    let client = try DiscordClient(token: environment("DISCORD_TOKEN") ?? "", configuration: configuration)
    client.setIntents([.guilds, .guildMembers, .guildMessages, .directMessages, .messageContent])

    client.onReady { ready in print("online as \(ready.user.name) in \(ready.guilds.count) guild(s)") }

    client.on(.guildCreate) { [unowned client] guild in
        guard let id = guild["id"].snowflake else { return }
        let members = try await client.requestGuildMembers(id)
        print("\(guild["name"].string ?? "a guild") has \(members.count) members")
    }

    client.onMessageCreate { message in
        print("\(message.author.name): \(message.content)")
        if message.content == "!ping" { try await message.reply("pong") }
    }

    try await client.connect()
    try client.updatePresence("made with Swift")

    // Ctrl-C closes the connection, which ends the wait below.
    signal(SIGINT, SIG_IGN)
    let interrupt = DispatchSource.makeSignalSource(signal: SIGINT)
    interrupt.setEventHandler { Task { await client.disconnect() } }
    interrupt.resume()
    try await client.waitUntilDisconnected()
    interrupt.cancel()
}

do { try await run() } catch {
    print(error)
    exit(1)
}
