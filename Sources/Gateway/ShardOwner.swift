import GatewayProtocol

/// What a shard asks of the fleet that it belongs to.
protocol ShardOwner: AnyObject {
    /// The shard wants to open a connection for a new session; `Shard.dial` answers when it is its turn.
    func shardWantsToDial(_ shard: Shard)
    /// The shard has HELLO and wants to IDENTIFY; `Shard.permitIdentify` answers when it is its turn.
    func shardWantsToIdentify(_ shard: Shard)
    /// The shard wants neither any more.
    func shardWithdrew(_ shard: Shard)
    /// The shard's present attempt to make a new session is over, well or badly.
    func shardLeftLogin(_ shard: Shard)
    /// The gateway URL could not be connected to.
    func shardCannotReachGateway(_ shard: Shard)
    /// A session began, is left for a later process, or is gone.
    func shard(_ shard: Shard, saves point: ResumePoint?)
    /// An event was received for the first time since the fleet last looked how far its shards are.
    func shardProgressed()
    /// The shard has ended as asked.
    func shardStopped(_ shard: Shard)
    /// The shard gave up.
    func shard(_ shard: Shard, failed failure: GatewaySession.Failure)
}
