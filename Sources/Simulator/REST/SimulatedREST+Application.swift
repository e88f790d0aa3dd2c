import Discord
import JSON
import NIOHTTP1

extension SimulatedREST {
    /// Gateway bootstrap, the own user and application, direct messages.
    static var applicationRoutes: [Route] {
        [
            Route(.GET, "/gateway", needsToken: false) { simulation, _ throws(RESTFailure) in .ok(["url": .string(simulation.gatewayURL)]) },
            Route(.GET, "/gateway/bot") { simulation, _ throws(RESTFailure) in
                .ok([
                    "url": .string(simulation.gatewayURL), "shards": .integer(Int64(simulation.configuration.recommendedShards)),
                    "session_start_limit": simulation.gateway.sessionStartLimit,
                ])
            },
            Route(.GET, "/users/@me") { simulation, _ throws(RESTFailure) in .ok(simulation.world.bot.ownPayload) },
            Route(.GET, "/users/@me/guilds") { simulation, call throws(RESTFailure) in
                let limit = try call.number("limit", in: 1...200, default: 200)
                let after = call.query["after"].flatMap { Snowflake($0) } ?? Snowflake(rawValue: 0)
                let world = simulation.world
                let guilds = world.guildOrder.filter { $0 > after }.prefix(limit).compactMap { world.guilds[$0] }
                return .ok(.array(guilds.map { guild in
                    [
                        "id": .id(guild.id), "name": .string(guild.name), "icon": nil, "banner": nil, "owner": false,
                        "permissions": .bits(world.permissions(of: world.botID, in: guild)), "features": ["COMMUNITY", "NEWS"],
                    ]
                }))
            },
            Route(.POST, "/users/@me/channels") { simulation, call throws(RESTFailure) in
                guard let id = call.body["recipient_id"]?.idValue else { throw .required(["recipient_id"]) }
                guard let user = simulation.world.users[id] else { throw .unknownUser }
                guard !user.isBot else { throw RESTFailure(400, 50007, "Cannot send messages to this user") }
                return .ok(simulation.world.payload(of: simulation.world.directChannel(with: id)))
            },
            Route(.GET, "/users/{user}") { simulation, call throws(RESTFailure) in
                guard let user = simulation.world.users[call.id("user")] else { throw .unknownUser }
                return .ok(user.payload)
            },
            Route(.GET, "/applications/@me") { simulation, _ throws(RESTFailure) in .ok(simulation.applicationPayload) },
        ]
    }
}
