import Discord
import JSON
import NIOHTTP1

extension SimulatedREST {
    /// Discord docs, Interactions › Application Commands: global ones and those of a guild.
    static var commandRoutes: [Route] {
        ["/applications/{application}/commands", "/applications/{application}/guilds/{guild}/commands"].flatMap { base in
            [
                Route(.GET, base) { simulation, call throws(RESTFailure) in
                    let scope = try simulation.commandScope(call)
                    return .ok(.array(simulation.world.commands.filter { $0.guildID == scope }.map(\.payload)))
                },
                Route(.POST, base) { simulation, call throws(RESTFailure) in
                    let scope = try simulation.commandScope(call)
                    let (command, isNew) = try simulation.registered(call.body, scope, path: [])
                    simulation.world.commands.removeAll { $0.isSame(as: command) }
                    simulation.world.commands.append(command)
                    return isNew ? .created(command.payload) : .ok(command.payload)
                },
                Route(.PUT, base) { simulation, call throws(RESTFailure) in
                    let scope = try simulation.commandScope(call)
                    guard let bodies = call.body.arrayValue else { throw .invalid(["_root"], "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType") }
                    guard bodies.count <= 130 else { throw RESTFailure(400, 30032, "Maximum number of application commands reached (100)") }
                    var commands: [ApplicationCommand] = []
                    for (index, body) in bodies.enumerated() {
                        let command = try simulation.registered(body, scope, path: [String(index)]).0
                        guard !commands.contains(where: { $0.isSame(as: command) }) else {
                            throw .invalid([String(index), "name"], "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
                        }
                        commands.append(command)
                    }
                    simulation.world.commands.removeAll { $0.guildID == scope }
                    simulation.world.commands += commands
                    return .ok(.array(commands.map(\.payload)))
                },
                Route(.GET, base + "/{command}") { simulation, call throws(RESTFailure) in
                    .ok(simulation.world.commands[try simulation.commandIndex(call)].payload)
                },
                Route(.PATCH, base + "/{command}") { simulation, call throws(RESTFailure) in
                    let index = try simulation.commandIndex(call)
                    let old = simulation.world.commands[index]
                    let command = try simulation.registered(old.payload.merging(call.body), old.guildID, path: [], id: old.id).0
                    simulation.world.commands[index] = command
                    return .ok(command.payload)
                },
                Route(.DELETE, base + "/{command}") { simulation, call throws(RESTFailure) in
                    simulation.world.commands.remove(at: try simulation.commandIndex(call))
                    return .noContent
                },
            ]
        }
    }
}

extension Simulation {
    /// The guild of the commands; `nil` for the global ones.
    fileprivate func commandScope(_ call: RESTCall) throws(RESTFailure) -> Snowflake? {
        guard call.id("application") == world.botID else { throw RESTFailure(403, 20012, "You are not authorized to perform this action on this application") }
        guard call.parameters["guild"] != nil else { return nil }
        return try guild(call).id
    }

    fileprivate func commandIndex(_ call: RESTCall) throws(RESTFailure) -> Int {
        let scope = try commandScope(call)
        guard let index = world.commands.firstIndex(where: { $0.id == call.id("command") && $0.guildID == scope }) else { throw .unknownCommand }
        return index
    }

    /// A command as Discord keeps it, checked; it takes over the id of the one it replaces.
    fileprivate func registered(
        _ body: JSONValue, _ guild: Snowflake?, path: [String], id: Snowflake? = nil
    ) throws(RESTFailure) -> (ApplicationCommand, isNew: Bool) {
        guard let name = body["name"]?.stringValue else { throw .required(path + ["name"]) }
        let type = body["type"]?.integerValue ?? 1
        guard (1...4).contains(type) else { throw .unusable(path + ["type"], "Value must be one of {1, 2, 3, 4}.") }
        if type == 1 { try CommandRules.check(body, path) }
        let old = world.commands.first { $0.name == name && $0.type == type && $0.guildID == guild }
        let id = id ?? old?.id ?? world.newID()
        var payload: JSONValue = [
            "id": .id(id), "application_id": .id(world.botID), "version": .id(world.newID()), "default_member_permissions": nil,
            "type": .integer(type), "name": .string(name), "name_localizations": nil, "description": body["description"] ?? "",
            "description_localizations": nil, "nsfw": false, "integration_types": [0],
        ]
        if guild == nil { payload["contexts"] = .null } else { payload["guild_id"] = .id(guild) }
        for field in ["default_member_permissions", "name_localizations", "description_localizations", "nsfw", "integration_types", "contexts", "options"] {
            if let value = body[field] { payload[field] = value }
        }
        return (ApplicationCommand(id: id, guildID: guild, name: name, type: type, payload: payload), old == nil)
    }
}
