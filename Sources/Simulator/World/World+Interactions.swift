import Discord
import JSON

extension World {
    /// A person runs a slash command. `words` is the command's name, followed by subcommand group and subcommand if it has them;
    /// `values` holds the options by name.
    mutating func invoke(
        _ words: String, values: JSONObject, by user: Snowflake, in channel: Channel
    ) throws(SimulatorFailure) -> Interaction {
        let path = words.split(separator: " ").map(String.init)
        let known = commands.filter { $0.type == 1 && ($0.guildID == nil || $0.guildID == channel.guildID) }
        guard let name = path.first, let command = known.last(where: { $0.name == name }) else {
            let list = known.isEmpty ? "none are registered" : "registered: " + known.map(\.name).sorted().joined(separator: ", ")
            throw SimulatorFailure("no command /\(words); \(list)")
        }
        var resolved = Resolved()
        let options = try chosenOptions(
            values, path: path.dropFirst(), of: command.payload, guild: channel.guildID, resolved: &resolved)
        var data: JSONValue = ["id": .id(command.id), "name": .string(command.name), "type": 1]
        if !options.isEmpty { data["options"] = .array(options) }
        if let guild = command.guildID { data["guild_id"] = .id(guild) }
        if let maps = resolved.payload { data["resolved"] = maps }
        return begin(.command, data: data, name: path.joined(separator: " "), by: user, in: channel)
    }

    /// A person presses a button, or picks `values` in a select menu, of a message.
    mutating func press(
        _ customID: String, values: [String], on message: Message, by user: Snowflake, in channel: Channel
    ) throws(SimulatorFailure) -> Interaction {
        guard let type = World.componentType(customID, in: message.components) else {
            throw SimulatorFailure("message \(message.id) has no component \"\(customID)\"")
        }
        var data: JSONValue = ["custom_id": .string(customID), "component_type": .integer(type)]
        if type != 2 { data["values"] = .array(values.map(JSONValue.string)) }
        return begin(.component, data: data, name: "", by: user, in: channel, source: message)
    }

    /// A person fills in a modal; `fields` holds the texts by the inputs' `custom_id`.
    mutating func submit(_ customID: String, fields: JSONObject, by user: Snowflake, in channel: Channel) -> Interaction {
        let rows = fields.members.map { field -> JSONValue in
            ["type": 1, "id": 1, "components": [["type": 4, "id": 2, "custom_id": .string(field.key), "value": field.value]]]
        }
        return begin(.modal, data: ["custom_id": .string(customID), "components": .array(rows)], name: "", by: user, in: channel)
    }

    /// Makes an interaction and tells the bot of it.
    mutating func begin(
        _ kind: Interaction.Kind, data: JSONValue, name: String, by user: Snowflake, in channel: Channel, source: Message? = nil
    ) -> Interaction {
        let id = newID()
        let interaction = Interaction(
            id: id, token: "aW50ZXJhY3Rpb246\(id)x" + String(id.rawValue &* 0x9E37_79B9_7F4A_7C15, radix: 36), kind: kind,
            channelID: channel.id, guildID: channel.guildID, userID: user, createdAt: now, name: name, sourceMessageID: source?.id)
        interactions[interaction.token] = interaction
        var payload: JSONValue = [
            "id": .id(id), "application_id": .id(botID), "type": .integer(kind.rawValue), "token": .string(interaction.token),
            "version": 1, "data": data, "channel_id": .id(channel.id), "channel": self.payload(of: channel),
            "app_permissions": .bits(permissions(of: botID, in: channel)), "locale": "en-US", "entitlements": [],
            "entitlement_sku_ids": [], "attachment_size_limit": .integer(Int64(Limits.attachmentBytes)),
            "authorizing_integration_owners": ["0": .string(channel.guildID?.description ?? "0")],
            "context": channel.guildID == nil ? 1 : 0,
        ]
        if let guild = channel.guildID.flatMap({ guilds[$0] }), let member = guild[member: user] {
            payload["guild_id"] = .id(guild.id)
            payload["guild"] = ["id": .id(guild.id), "locale": "en-US", "features": ["COMMUNITY", "NEWS"]]
            payload["guild_locale"] = "en-US"
            payload["member"] = memberPayload(member).merging(["permissions": .bits(permissions(of: user, in: channel))])
        } else {
            payload["user"] = users[user]?.payload ?? .null
        }
        if let source { payload["message"] = self.payload(of: source) }
        outbox.append(Dispatch(event: .interactionCreate, data: payload, audience: audience(of: channel)))
        return interaction
    }

    /// The objects that ids among the options stand for.
    private struct Resolved {
        var maps: [String: JSONValue] = [:]

        mutating func add(_ kind: String, _ id: Snowflake, _ object: JSONValue) {
            var map = maps[kind] ?? [:]
            map[id.description] = object
            maps[kind] = map
        }

        var payload: JSONValue? {
            guard !maps.isEmpty else { return nil }
            return .object(JSONObject(maps.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }))
        }
    }

    /// The `options` array for the values given, nested along `path`, checked against the registered definition.
    private func chosenOptions(
        _ values: JSONObject, path: ArraySlice<String>, of definition: JSONValue, guild: Snowflake?, resolved: inout Resolved
    ) throws(SimulatorFailure) -> [JSONValue] {
        let defined = definition["options"]?.arrayValue ?? []
        if let word = path.first {
            guard let step = defined.first(where: { $0["name"]?.stringValue == word }), let type = step["type"]?.integerValue, type <= 2 else {
                throw SimulatorFailure("the command has no subcommand \"\(word)\"")
            }
            let inner = try chosenOptions(values, path: path.dropFirst(), of: step, guild: guild, resolved: &resolved)
            return [["type": .integer(type), "name": .string(word), "options": .array(inner)]]
        }
        var chosen: [JSONValue] = []
        for option in defined {
            guard let name = option["name"]?.stringValue, let type = option["type"]?.integerValue else { continue }
            guard type > 2 else { throw SimulatorFailure("the command wants a subcommand, such as \"\(name)\"") }
            guard let value = values[name] else {
                if option["required"]?.boolValue == true { throw SimulatorFailure("the option \"\(name)\" is required") }
                continue
            }
            let converted = try convert(value, type: type, name: name, guild: guild, resolved: &resolved)
            chosen.append(["type": .integer(type), "name": .string(name), "value": converted])
        }
        for member in values.members where !defined.contains(where: { $0["name"]?.stringValue == member.key }) {
            throw SimulatorFailure("the command has no option \"\(member.key)\"")
        }
        return chosen
    }

    /// A value as the option type wants it (Discord docs, Application Command Option Type).
    private func convert(
        _ value: JSONValue, type: Int64, name: String, guild: Snowflake?, resolved: inout Resolved
    ) throws(SimulatorFailure) -> JSONValue {
        let text = value.stringValue
        switch type {
        case 3: return .string(text ?? String(decoding: value.serialized, as: UTF8.self))
        case 4: if let number = value.integerValue ?? text.flatMap({ Int64($0) }) { return .integer(number) }
        case 5: if let flag = value.boolValue ?? text.flatMap({ Bool($0) }) { return .bool(flag) }
        case 10: if let number = value.doubleValue ?? text.flatMap({ Double($0) }) { return .double(number) }
        case 6, 9:
            if let text, let user = user(named: text) {
                resolved.add("users", user.id, user.payload)
                if let member = guild.flatMap({ guilds[$0]?[member: user.id] }) { resolved.add("members", user.id, member.partialPayload) }
                return .id(user.id)
            }
        case 7:
            if let text, let channel = channel(named: text) {
                resolved.add("channels", channel.id, payload(of: channel))
                return .id(channel.id)
            }
        case 8:
            let roles = guild.flatMap { guilds[$0]?.roles } ?? []
            if let text, let role = roles.first(where: { $0.name == text || $0.id.description == text }) {
                resolved.add("roles", role.id, role.payload)
                return .id(role.id)
            }
        default: return value
        }
        throw SimulatorFailure("the option \"\(name)\" does not take \(String(decoding: value.serialized, as: UTF8.self))")
    }

    /// The type of the component with this `custom_id`, wherever it is nested.
    static func componentType(_ customID: String, in components: [JSONValue]) -> Int64? {
        for component in components {
            if component["custom_id"]?.stringValue == customID { return component["type"]?.integerValue }
            let nested = (component["components"]?.arrayValue ?? []) + (component["accessory"].map { [$0] } ?? [])
            if let type = componentType(customID, in: nested) { return type }
        }
        return nil
    }
}
