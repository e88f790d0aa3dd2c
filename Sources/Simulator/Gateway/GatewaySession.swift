import Discord
import NIOCore

/// What outlives a connection: who identified, for which shard and intents, and what it was told.
final class GatewaySession {
    let id: String
    /// `nil` when IDENTIFY named none: all guilds.
    let shard: ShardID?
    let intents: Intents
    let largeThreshold: Int
    private(set) var sequence = 0
    private(set) var replay: ReplayBuffer
    /// `nil` while the client is away.
    weak var connection: GatewayConnection?
    /// Injected events that no connection of the session has taken yet.
    var unwritten: Set<Int> = []
    /// Ends the session when the client stays away.
    var expiry: Scheduled<Void>?

    init(id: String, shard: ShardID?, intents: Intents, largeThreshold: Int, replayCapacity: Int) {
        self.id = id
        self.shard = shard
        self.intents = intents
        self.largeThreshold = largeThreshold
        replay = ReplayBuffer(capacity: replayCapacity)
    }

    var shardIndex: Int { shard?.index ?? 0 }

    /// Whether events of `guild` come here.
    func owns(_ guild: Snowflake) -> Bool { shard?.owns(guild) ?? true }

    /// Whether shard and intents let the dispatch through.
    func hears(_ dispatch: Dispatch) -> Bool {
        switch dispatch.audience {
        case .guild(let guild): guard owns(guild) else { return false }
        case .direct: guard shardIndex == 0 else { return false }
        }
        return dispatch.intents.isEmpty || !dispatch.intents.isDisjoint(with: intents)
    }

    /// Numbers a dispatch, keeps it for a RESUME and sends it if the client is there.
    /// - Parameter input: the injected event whose delivery this is.
    func tell(_ dispatch: RenderedDispatch, input: Int? = nil) {
        sequence += 1
        let entry = ReplayBuffer.Entry(sequence: sequence, dispatch: dispatch, input: input)
        replay.append(entry)
        if let input { unwritten.insert(input) }
        connection?.send(entry)
    }
}
