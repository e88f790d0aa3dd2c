import Discord
import JSON
import NIOHTTP1

extension SimulatedREST {
    /// Discord docs, Resources › Guild: members.
    static var memberRoutes: [Route] {
        [
            Route(.GET, "/guilds/{guild}/members") { simulation, call throws(RESTFailure) in
                let guild = try simulation.guild(call)
                guard simulation.configuration.grantedIntents.contains(.guildMembers) else { throw .missingAccess }
                let limit = try call.number("limit", in: 1...1000, default: 1)
                let after = call.query["after"].flatMap { Snowflake($0) } ?? Snowflake(rawValue: 0)
                let members = guild.members.filter { $0.userID > after }.sorted { $0.userID < $1.userID }.prefix(limit)
                return .ok(.array(members.map(simulation.world.memberPayload)))
            },
            Route(.GET, "/guilds/{guild}/members/search") { simulation, call throws(RESTFailure) in
                let guild = try simulation.guild(call)
                guard let query = call.query["query"] else { throw .required(["query"]) }
                let limit = try call.number("limit", in: 1...1000, default: 1)
                let body: JSONValue = ["guild_id": .id(guild.id), "query": .string(query), "limit": .integer(Int64(limit))]
                let chunk = MemberRequest(body)?.chunks(from: guild, in: simulation.world, intents: []).first
                return .ok(chunk?["members"] ?? [])
            },
            Route(.GET, "/guilds/{guild}/members/{user}") { simulation, call throws(RESTFailure) in
                let guild = try simulation.guild(call)
                guard let member = guild[member: call.id("user")] else { throw .unknownMember }
                return .ok(simulation.world.memberPayload(member))
            },
            Route(.PATCH, "/guilds/{guild}/members/@me") { simulation, call throws(RESTFailure) in
                let guild = try simulation.guild(call)
                guard var member = guild[member: simulation.world.botID] else { throw .unknownMember }
                if let nick = call.body["nick"] { member.nick = try simulation.nickname(nick) }
                simulation.world.update(member, in: guild.id)
                return .ok(simulation.world.memberPayload(member))
            },
            Route(.PATCH, "/guilds/{guild}/members/{user}") { simulation, call throws(RESTFailure) in
                let guild = try simulation.guild(call)
                var member = try simulation.subordinate(call, in: guild)
                if let nick = call.body["nick"] {
                    _ = try simulation.guild(call, needing: .manageNicknames)
                    member.nick = try simulation.nickname(nick)
                }
                if let roles = call.body["roles"]?.arrayValue {
                    _ = try simulation.guild(call, needing: .manageRoles)
                    member.roles = roles.compactMap(\.idValue).filter { guild[role: $0] != nil }
                }
                if let until = call.body["communication_disabled_until"] {
                    _ = try simulation.guild(call, needing: .moderateMembers)
                    member.timeoutUntil = try simulation.timeout(until)
                }
                if let isMuted = call.body["mute"]?.boolValue { member.isMuted = isMuted }
                if let isDeafened = call.body["deaf"]?.boolValue { member.isDeafened = isDeafened }
                simulation.world.update(member, in: guild.id)
                return .ok(simulation.world.memberPayload(member))
            },
            Route(.PUT, "/guilds/{guild}/members/{user}/roles/{role}") { simulation, call throws(RESTFailure) in
                try simulation.setRole(call) { roles, role in if !roles.contains(role) { roles.append(role) } }
            },
            Route(.DELETE, "/guilds/{guild}/members/{user}/roles/{role}") { simulation, call throws(RESTFailure) in
                try simulation.setRole(call) { roles, role in roles.removeAll { $0 == role } }
            },
            Route(.DELETE, "/guilds/{guild}/members/{user}") { simulation, call throws(RESTFailure) in
                let guild = try simulation.guild(call, needing: .kickMembers)
                simulation.world.remove(try simulation.subordinate(call, in: guild).userID, from: guild.id)
                return .noContent
            },
        ]
    }
}

extension Simulation {
    fileprivate func nickname(_ value: JSONValue) throws(RESTFailure) -> String? {
        guard let nick = value.stringValue, !nick.isEmpty else { return nil }
        guard nick.unicodeScalars.count <= 32 else { throw .tooLong(["nick"], 32) }
        return nick
    }

    /// The end of a time-out: at most 28 days ahead.
    fileprivate func timeout(_ value: JSONValue) throws(RESTFailure) -> UnixTime? {
        if value.isNull { return nil }
        guard let until = value.stringValue.flatMap(UnixTime.init(iso8601:)) else {
            throw .invalid(["communication_disabled_until"], "DATE_TIME_TYPE_PARSE", "Could not parse value. Should be ISO8601.")
        }
        guard until <= world.now.advanced(by: .seconds(28 * 86_400)) else {
            throw .invalid(["communication_disabled_until"], "BASE_TYPE_MAX_VALUE", "The time-out must end within 28 days.")
        }
        return until
    }

    fileprivate func setRole(_ call: RESTCall, _ change: (inout [Snowflake], Snowflake) -> Void) throws(RESTFailure) -> RESTReply {
        let guild = try guild(call, needing: .manageRoles)
        guard var member = guild[member: call.id("user")] else { throw .unknownMember }
        guard let role = guild[role: call.id("role")] else { throw .unknownRole }
        guard role.position < world.rank(of: world.botID, in: guild), role.botID == nil else { throw .missingPermissions }
        change(&member.roles, role.id)
        world.update(member, in: guild.id)
        return .noContent
    }
}
