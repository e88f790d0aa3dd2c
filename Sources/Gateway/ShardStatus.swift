package import Discord
package import GatewayProtocol

/// How one shard is doing.
package struct ShardStatus: Equatable, Sendable {
    package let shard: ShardID
    package let phase: GatewaySession.Phase
    /// From the last heartbeat to its acknowledgement.
    package let latency: Duration?
    /// The last sequence of the session.
    package let sequence: Int64?
}
