internal import Discord
internal import Gateway
internal import GatewayProtocol
internal import REST
internal import Reactor

// How the parts below report, and what a person can do about it.

extension DiscordError {
    static func notConnected(_ call: String) -> DiscordError {
        DiscordError(.notConnected, "the client is not connected", at: call, remedy: "call connect first")
    }

    static func cancelled(_ call: String) -> DiscordError {
        DiscordError(.cancelled, "cancelled before there was an answer", at: call, remedy: "call it again if the answer is still wanted")
    }

    init(_ fault: BotToken.Fault) {
        let what = fault.description.prefix { $0 != ";" }
        self.init(.configuration, String(what), at: "DiscordClient(token:)", remedy: "copy the token from the Bot page of the developer portal")
    }

    init(_ failure: IOFailure) {
        self.init(.system, "the operating system refused: \(failure)", at: "connect", remedy: "check the limits of the process, such as ulimit -n")
    }

    init(_ error: CommandError, at call: String) {
        self.init(.invalidRequest, error.description, at: call, remedy: "send less, or later")
    }

    init(_ failure: MemberRequestFailure) {
        let call = "requestGuildMembers"
        switch failure {
        case .cancelled:
            self = .cancelled(call)
        case .timedOut:
            self.init(
                .timedOut, failure.description, at: call,
                remedy: "check that the bot is a member of the guild and has the intent guildMembers (guildPresences for presences)")
        case .foreignGuild:
            self.init(.invalidRequest, failure.description, at: call, remedy: "ask in the process that runs the guild's shard")
        }
    }

    init(_ error: RESTError) {
        let (kind, remedy): (Kind, String) = switch error.kind {
        case .unauthorized: (.tokenRefused, "copy a new token from the Bot page of the developer portal")
        case .rateLimited, .queueFull: (.rateLimited, "send less, or wait")
        case .blocked: (.refused, "look for another program at this address that floods Discord")
        case .timedOut: (.timedOut, "try again later")
        case .cancelled: (.cancelled, "call it again if the answer is still wanted")
        case .transport: (.unreachable, "check the network and apiURL")
        case .certificate: (.unreachable, "check apiURL; if the server's authority is yours, name its certificate as caFile")
        case .tooLarge, .invalidRequest: (.invalidRequest, "change what is sent")
        case .configuration: (.configuration, "check apiURL and caFile of the ClientConfiguration")
        case .answered where error.status == 403: (.refused, "give the bot the permission that this needs")
        case .answered where error.status == 404: (.refused, "check the ids, and that the bot may see what they name")
        case .answered where error.status.map({ $0 >= 500 }) == true: (.refused, "try again later")
        case .answered: (.refused, "change what is sent")
        }
        // What stands behind the semicolon is the remedy for who writes a `moonwire.toml`.
        let what = (error.kind == .answered ? error.message : String(error.message.prefix { $0 != ";" }))
            .replacing("[discord] api_url", with: "apiURL").replacing("[discord] ca_file", with: "caFile")
        self.init(
            kind, what, at: error.route.isEmpty ? "apiURL" : error.route, remedy: remedy, status: error.status,
            code: error.code.flatMap { $0 == .general ? nil : Int($0.rawValue) }, retryAfter: error.retryAfter)
    }

    init(_ failure: GatewayFailure) {
        // The gateway's own words hold what happened and the remedy, parted by the first colon or semicolon.
        let text = failure.description
        let cut = text.firstIndex { $0 == ":" || $0 == ";" }
        let what = cut.map { String(text[..<$0]) } ?? text
        let remedy = cut.map { String(text[text.index(after: $0)...].drop { $0 == " " }) } ?? "try again later"
        switch failure {
        case .tokenRefused: self.init(.tokenRefused, what, at: "gateway", remedy: remedy)
        case .intentsDisallowed: self.init(.intentsRefused, what, at: "gateway", remedy: remedy)
        case .identifyBudgetSpent: self.init(.loginsSpent, what, at: "gateway", remedy: remedy)
        case .refused(let reason, let shard):
            let parts = reason.description.split(separator: ": ", maxSplits: 1)
            self.init(.refused, String(parts[0]), at: "shard \(shard)", remedy: parts.count > 1 ? String(parts[1]) : "try again later")
        case .identifyRefused(let shard, let times):
            self.init(
                .refused, "Discord answered \(times) logins in a row with \"invalid session\"", at: "shard \(shard)",
                remedy: "try again later, and check whether another process logs in with the same token")
        case .invalidGatewayURL(let text):
            self.init(.configuration, "'\(text)' is not a ws:// or wss:// URL", at: "gatewayURL", remedy: "check gatewayURL and apiURL")
        case .invalidLayout(let reason):
            self.init(.configuration, "the shard layout makes no sense: \(reason)", at: "shards", remedy: "set shards to .automatic")
        }
    }
}
