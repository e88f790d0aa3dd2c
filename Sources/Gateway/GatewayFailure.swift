package import Discord
import Reactor

/// Why a fleet gave up. Each is one line for a person, with the remedy; the command line maps the cases to exit codes.
package enum GatewayFailure: Error, Equatable, Sendable {
    /// Discord refused the token: close code 4004, or 401 from GET /gateway/bot.
    case tokenRefused
    /// Close code 4014. The intents are those of the request that need a switch in the developer portal.
    case intentsDisallowed([String])
    /// Another close code after which reconnecting is forbidden.
    case refused(FatalClose, shard: ShardID)
    /// A shard's IDENTIFYs were answered with INVALID_SESSION this many times in a row.
    case identifyRefused(shard: ShardID, times: Int)
    /// No session start is left until then (Unix seconds).
    case identifyBudgetSpent(needed: Int, remaining: Int, until: Int64)
    /// GET /gateway/bot gave a URL that is none.
    case invalidGatewayURL(String)
    /// The configured shards are no shards.
    case invalidLayout(String)
}

extension GatewayFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tokenRefused:
            "Discord refused the token (4004, or HTTP 401): copy a new one from the Bot page of the developer portal"
        case .intentsDisallowed(let names) where names.isEmpty:
            FatalClose.disallowedIntents.description
        case .intentsDisallowed(let names):
            "Discord does not allow this bot the intent\(names.count == 1 ? "" : "s") \(names.joined(separator: ", ")) (4014): switch "
                + "\(names.count == 1 ? "it" : "them") on in the developer portal, Bot › Privileged Gateway Intents, or drop the handlers that need "
                + (names.count == 1 ? "it" : "them")
        case .refused(let reason, let shard):
            "shard \(shard): \(reason)"
        case .identifyRefused(let shard, let times):
            "shard \(shard): Discord answered \(times) logins in a row with \"invalid session\"; try again later, and check whether "
                + "another process logs in with the same token"
        case .identifyBudgetSpent(let needed, let remaining, let until):
            "Discord allows this bot \(remaining) more logins today and \(needed) \(needed == 1 ? "is" : "are") needed; wait until "
                + "\(UTCTimestamp(milliseconds: until * 1000).sentence), and find out what made it log in so often"
        case .invalidGatewayURL(let text):
            "the gateway URL '\(text)' is not a ws:// or wss:// URL; check [discord] gateway_url and api_url"
        case .invalidLayout(let reason):
            "the shard layout makes no sense: \(reason); set shards to \"auto\""
        }
    }
}
