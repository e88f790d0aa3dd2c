import Discord
import GatewayProtocol

// What the shards ask of their fleet.
extension ShardFleet: ShardOwner {
    func shardWantsToDial(_ shard: Shard) { admission?.dial(shard) }

    func shardWantsToIdentify(_ shard: Shard) { admission?.identify(shard) }

    func shardWithdrew(_ shard: Shard) { admission?.withdraw(shard) }

    func shardLeftLogin(_ shard: Shard) { admission?.leave(shard) }

    func shardCannotReachGateway(_ shard: Shard) { refreshAfterFailure() }

    func shard(_ shard: Shard, saves point: ResumePoint?) { keep(point, of: shard) }

    func shardProgressed() { checkpointLater() }

    func shardStopped(_ shard: Shard) {
        if shards.allSatisfy({ $0.session.phase == .stopped || $0.session.phase == .failed }) { left() }
    }

    /// Whatever stops one shard for ever is wrong for all of them: the token, the intents, the layout, the version. Only a layout that Discord
    /// itself recommended, and that the bot has outgrown since, is replaced.
    func shard(_ shard: Shard, failed failure: GatewaySession.Failure) {
        switch failure {
        case .closed(.authenticationFailed): fail(.tokenRefused)
        case .closed(.disallowedIntents):
            fail(.intentsDisallowed(context.configuration.intents.intersection(.privileged).names))
        case .closed(.shardingRequired) where context.configuration.layout == .automatic: startAnew()
        case .closed(let reason): fail(.refused(reason, shard: shard.id))
        case .identifyRefused(let times): fail(.identifyRefused(shard: shard.id, times: times))
        }
    }
}
