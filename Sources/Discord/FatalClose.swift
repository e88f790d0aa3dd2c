/// A close after which no reconnect can help; each says what the operator has to change.
package enum FatalClose: Equatable, Sendable {
    case authenticationFailed
    case invalidShard
    case shardingRequired
    case invalidAPIVersion
    case invalidIntents
    case disallowedIntents

    /// One line for a person: the fact and the remedy.
    package var description: String {
        switch self {
        case .authenticationFailed:
            "Discord refused the token (4004): copy a new one from the Bot page of the developer portal"
        case .invalidShard:
            "Discord refused the shard layout (4010): set shards to \"auto\", or to a multiple of the count Discord assigned"
        case .shardingRequired:
            "Discord requires sharding for this bot (4011): set shards to \"auto\""
        case .invalidAPIVersion:
            "Discord no longer serves this gateway version (4012): update Moonwire"
        case .invalidIntents:
            "Discord does not know one of the intents (4013): remove intents that are set by number"
        case .disallowedIntents:
            "a privileged intent is not enabled for this bot (4014): switch it on in the developer portal, Bot › Privileged Gateway Intents"
        }
    }
}

extension FatalClose: CustomStringConvertible {}
