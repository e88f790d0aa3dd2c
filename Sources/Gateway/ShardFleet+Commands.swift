package import Discord
package import GatewayProtocol
import Reactor

// What a bot sends over the gateway. Each command waits until the shard is online and the limits allow it.
extension ShardFleet {
    /// Sets the presence of every shard, now and in every later session.
    /// - Throws: when the payload is larger than Discord accepts; then the presence stays what it was.
    package func updatePresence(_ presence: Presence) throws(CommandError) {
        context.reactor.assertCurrent()
        _ = try GatewayCommand.presenceUpdate(presence).encoded(as: context.configuration.encoding)
        context.configuration.presence = presence
        for shard in shards { try shard.commands.updatePresence(presence) }
    }

    /// Joins, moves in or leaves (`channel` nil) voice.
    package func updateVoiceState(
        guild: Snowflake, channel: Snowflake?, isMuted: Bool = false, isDeafened: Bool = false
    ) throws(CommandError) {
        try shard(of: guild)?.commands.send(
            .voiceStateUpdate(guild: guild, channel: channel, isMuted: isMuted, isDeafened: isDeafened))
    }

    /// Asks for members and collects the chunks; the events themselves go to their subscribers too.
    /// - Parameter origin: who asks; see `MemberRequest.origin`.
    /// - Throws: when the request itself is against the limits; then `completion` is not called.
    /// - Returns: an action that ends the wait; `completion` is not called after it.
    @discardableResult
    package func requestMembers(
        of guild: Snowflake, _ selection: MemberRequest.Selection, presences: Bool = false, origin: Int = 0,
        completion: @escaping MemberRequestCompletion
    ) throws(CommandError) -> () -> Void {
        nextNonce += 1
        let nonce = "mw\(nextNonce)"
        let request = try MemberRequest(guild: guild, selection: selection, presences: presences, nonce: nonce, origin: origin)
        guard let shard = shard(of: guild) else {
            completion(.failure(.foreignGuild))
            return {}
        }
        try shard.commands.requestMembers(request, nonce: nonce, completion)
        return { [weak shard] in shard?.commands.cancelMembers(nonce: nonce) }
    }

    /// Asks for the soundboard sounds of guilds; each answer is a SOUNDBOARD_SOUNDS event.
    package func requestSoundboardSounds(of guilds: [Snowflake]) throws(CommandError) {
        for shard in shards {
            let own = guilds.filter(shard.id.owns)
            if !own.isEmpty { try shard.commands.send(.requestSoundboardSounds(guilds: own)) }
        }
    }

    /// Asks for channel facts; the answer is a CHANNEL_INFO event.
    package func requestChannelInfo(of guild: Snowflake, fields: [String]) throws(CommandError) {
        try shard(of: guild)?.commands.send(.requestChannelInfo(guild: guild, fields: fields))
    }

    /// The shard in this process that owns the guild.
    private func shard(of guild: Snowflake) -> Shard? {
        context.reactor.assertCurrent()
        return shards.first { $0.id.owns(guild) }
    }
}
