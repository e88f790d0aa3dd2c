import Discord
import JSON
import NIOHTTP1

extension SimulatedREST {
    /// Discord docs, Resources › Guild: the guild, its roles and bans.
    static var guildRoutes: [Route] {
        [
            Route(.GET, "/guilds/{guild}") { simulation, call throws(RESTFailure) in
                let guild = try simulation.guild(call)
                guard call.query["with_counts"].map({ ["true", "True", "1"].contains($0) }) == true else { return .ok(guild.payload) }
                return .ok(guild.payload.merging([
                    "approximate_member_count": .integer(Int64(guild.members.count)),
                    "approximate_presence_count": .integer(Int64(guild.presences.count)),
                ]))
            },
            Route(.GET, "/guilds/{guild}/roles") { simulation, call throws(RESTFailure) in
                .ok(.array(try simulation.guild(call).roles.map(\.payload)))
            },
            Route(.POST, "/guilds/{guild}/roles") { simulation, call throws(RESTFailure) in
                let guild = try simulation.guild(call, needing: .manageRoles)
                var role = Role(id: simulation.world.newID(), name: "new role", permissions: guild[role: guild.id]?.permissions ?? [], position: 1)
                try role.change(by: call.body)
                simulation.world.guilds[guild.id]?.roles.append(role)
                simulation.world.tell(.guildRoleCreate, in: guild.id, ["guild_id": .id(guild.id), "role": role.payload])
                return .ok(role.payload)
            },
            Route(.PATCH, "/guilds/{guild}/roles/{role}") { simulation, call throws(RESTFailure) in
                let (guild, index) = try simulation.role(call)
                var role = guild.roles[index]
                try role.change(by: call.body)
                simulation.world.guilds[guild.id]?.roles[index] = role
                simulation.world.tell(.guildRoleUpdate, in: guild.id, ["guild_id": .id(guild.id), "role": role.payload])
                return .ok(role.payload)
            },
            Route(.DELETE, "/guilds/{guild}/roles/{role}") { simulation, call throws(RESTFailure) in
                let (guild, index) = try simulation.role(call)
                let role = guild.roles[index]
                simulation.world.guilds[guild.id]?.roles.remove(at: index)
                for var member in guild.members where member.roles.contains(role.id) {
                    member.roles.removeAll { $0 == role.id }
                    simulation.world.guilds[guild.id]?.set(member)
                }
                simulation.world.tell(.guildRoleDelete, in: guild.id, ["guild_id": .id(guild.id), "role_id": .id(role.id)])
                return .noContent
            },
            Route(.GET, "/guilds/{guild}/bans") { simulation, call throws(RESTFailure) in
                let guild = try simulation.guild(call, needing: .banMembers)
                return .ok(.array(guild.bans.map { simulation.payload(ofBan: $0) }))
            },
            Route(.GET, "/guilds/{guild}/bans/{user}") { simulation, call throws(RESTFailure) in
                let guild = try simulation.guild(call, needing: .banMembers)
                guard let ban = guild.bans.first(where: { $0.userID == call.id("user") }) else { throw .unknownBan }
                return .ok(simulation.payload(ofBan: ban))
            },
            Route(.PUT, "/guilds/{guild}/bans/{user}") { simulation, call throws(RESTFailure) in
                let guild = try simulation.guild(call, needing: .banMembers)
                let user = call.id("user")
                guard simulation.world.users[user] != nil else { throw .unknownUser }
                if guild[member: user] != nil { _ = try simulation.subordinate(call, in: guild) }
                if let seconds = call.body["delete_message_seconds"]?.integerValue, !(0...604_800).contains(seconds) {
                    throw .invalid(["delete_message_seconds"], "NUMBER_TYPE_MAX", "int value should be less than or equal to 604800.")
                }
                simulation.world.ban(user, from: guild.id, reason: call.reason)
                return .noContent
            },
            Route(.DELETE, "/guilds/{guild}/bans/{user}") { simulation, call throws(RESTFailure) in
                let guild = try simulation.guild(call, needing: .banMembers)
                guard simulation.world.unban(call.id("user"), from: guild.id) else { throw .unknownBan }
                return .noContent
            },
        ]
    }
}

extension Simulation {
    fileprivate func payload(ofBan ban: (userID: Snowflake, reason: String?)) -> JSONValue {
        ["reason": .text(ban.reason), "user": world.users[ban.userID]?.payload ?? .null]
    }

    /// A role below the bot's highest that is not @everyone and no bot's own.
    fileprivate func role(_ call: RESTCall) throws(RESTFailure) -> (Guild, Int) {
        let guild = try guild(call, needing: .manageRoles)
        guard let index = guild.roles.firstIndex(where: { $0.id == call.id("role") }) else { throw .unknownRole }
        let role = guild.roles[index]
        guard role.position < world.rank(of: world.botID, in: guild), role.botID == nil, role.id != guild.id else { throw .missingPermissions }
        return (guild, index)
    }
}

extension Role {
    /// Takes over what a request changes.
    fileprivate mutating func change(by body: JSONValue) throws(RESTFailure) {
        if let name = body["name"]?.stringValue {
            guard name.unicodeScalars.count <= 100 else { throw .tooLong(["name"], 100) }
            self.name = name
        }
        if let text = body["permissions"]?.stringValue {
            guard let permissions = Permissions(decimal: text) else { throw .unusable(["permissions"], "Value is not a bit set.") }
            self.permissions = permissions
        }
        if let color = body["colors"]?["primary_color"]?.integerValue ?? body["color"]?.integerValue { self.color = color }
        if let isHoisted = body["hoist"]?.boolValue { self.isHoisted = isHoisted }
        if let isMentionable = body["mentionable"]?.boolValue { self.isMentionable = isMentionable }
    }
}
