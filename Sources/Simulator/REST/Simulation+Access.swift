import Discord
import JSON

/// What routes look up, with Discord's errors for what is not there or not allowed.
extension Simulation {
    /// A channel the bot may see and in which it has all of `needed`.
    func channel(_ call: RESTCall, needing needed: Permissions = []) throws(RESTFailure) -> Channel {
        guard let channel = world.channels[call.id("channel")] else { throw .unknownChannel }
        let granted = world.permissions(of: world.botID, in: channel)
        guard granted.contains(.viewChannel) else { throw .missingAccess }
        guard granted.isSuperset(of: needed) else { throw .missingPermissions }
        return channel
    }

    func message(_ call: RESTCall, in channel: Channel) throws(RESTFailure) -> Message {
        guard let message = world.message(call.id("message"), in: channel.id), !message.isEphemeral else { throw .unknownMessage }
        return message
    }

    func guild(_ call: RESTCall, needing needed: Permissions = []) throws(RESTFailure) -> Guild {
        guard let guild = world.guilds[call.id("guild")] else { throw .unknownGuild }
        guard world.permissions(of: world.botID, in: guild).isSuperset(of: needed) else { throw .missingPermissions }
        return guild
    }

    /// A member whose highest role is below the bot's, as moderation requires.
    func subordinate(_ call: RESTCall, in guild: Guild) throws(RESTFailure) -> Member {
        guard let member = guild[member: call.id("user")] else { throw .unknownMember }
        guard world.rank(of: member.userID, in: guild) < world.rank(of: world.botID, in: guild) else { throw .missingPermissions }
        return member
    }

    func emoji(_ call: RESTCall) throws(RESTFailure) -> Emoji {
        guard let emoji = Emoji(call.text("emoji")) else { throw .unknownEmoji }
        return emoji
    }
}
