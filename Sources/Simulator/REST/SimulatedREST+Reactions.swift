import Discord
import JSON
import NIOHTTP1

extension SimulatedREST {
    /// Discord docs, Resources › Message › Reactions.
    static var reactionRoutes: [Route] {
        let base = "/channels/{channel}/messages/{message}/reactions"
        return [
            Route(.PUT, base + "/{emoji}/@me", limit: .reactions) { simulation, call throws(RESTFailure) in
                let channel = try simulation.channel(call, needing: .readMessageHistory)
                let message = try simulation.message(call, in: channel)
                let emoji = try simulation.emoji(call)
                if !message.reactions.contains(where: { $0.emoji == emoji }) { _ = try simulation.channel(call, needing: .addReactions) }
                if simulation.world.react(emoji, to: message.id, in: channel.id, by: simulation.world.botID) {
                    simulation.log.note(.reaction(emoji: call.text("emoji"), message: message.id, channel: channel.id, added: true))
                }
                return .noContent
            },
            Route(.DELETE, base + "/{emoji}/@me", limit: .reactions) { simulation, call throws(RESTFailure) in
                try simulation.unreact(call, user: simulation.world.botID)
            },
            Route(.DELETE, base + "/{emoji}/{user}", limit: .reactions) { simulation, call throws(RESTFailure) in
                _ = try simulation.channel(call, needing: .manageMessages)
                return try simulation.unreact(call, user: call.id("user"))
            },
            Route(.DELETE, base + "/{emoji}", limit: .reactions) { simulation, call throws(RESTFailure) in
                let channel = try simulation.channel(call, needing: .manageMessages)
                let message = try simulation.message(call, in: channel)
                simulation.world.clearReactions(of: message.id, in: channel.id, emoji: try simulation.emoji(call))
                return .noContent
            },
            Route(.DELETE, base, limit: .reactions) { simulation, call throws(RESTFailure) in
                let channel = try simulation.channel(call, needing: .manageMessages)
                simulation.world.clearReactions(of: try simulation.message(call, in: channel).id, in: channel.id)
                return .noContent
            },
            Route(.GET, base + "/{emoji}") { simulation, call throws(RESTFailure) in
                let channel = try simulation.channel(call, needing: .readMessageHistory)
                let emoji = try simulation.emoji(call)
                let limit = try call.number("limit", in: 1...100, default: 25)
                let after = call.query["after"].flatMap { Snowflake($0) } ?? Snowflake(rawValue: 0)
                let reaction = try simulation.message(call, in: channel).reactions.first { $0.emoji == emoji }
                let users = (reaction?.userIDs ?? []).sorted().filter { $0 > after }.prefix(limit)
                return .ok(.array(users.compactMap { simulation.world.users[$0]?.payload }))
            },
        ]
    }
}

extension Simulation {
    fileprivate func unreact(_ call: RESTCall, user: Snowflake) throws(RESTFailure) -> RESTReply {
        let channel = try channel(call)
        let message = try message(call, in: channel)
        if world.unreact(try emoji(call), from: message.id, in: channel.id, by: user), user == world.botID {
            log.note(.reaction(emoji: call.text("emoji"), message: message.id, channel: channel.id, added: false))
        }
        return .noContent
    }
}
