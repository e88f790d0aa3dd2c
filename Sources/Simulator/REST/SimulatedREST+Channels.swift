import Discord
import JSON
import NIOHTTP1

extension SimulatedREST {
    /// Discord docs, Resources › Channel.
    static var channelRoutes: [Route] {
        [
            Route(.GET, "/channels/{channel}") { simulation, call throws(RESTFailure) in
                .ok(simulation.world.payload(of: try simulation.channel(call)))
            },
            Route(.PATCH, "/channels/{channel}") { simulation, call throws(RESTFailure) in
                var channel = try simulation.channel(call, needing: .manageChannels)
                try channel.change(by: call.body)
                simulation.world.channels[channel.id] = channel
                return simulation.announce(.channelUpdate, channel)
            },
            Route(.DELETE, "/channels/{channel}") { simulation, call throws(RESTFailure) in
                let channel = try simulation.channel(call, needing: .manageChannels)
                guard let guild = channel.guildID else { return .ok(simulation.world.payload(of: channel)) }
                simulation.world.channels[channel.id] = nil
                simulation.world.messages[channel.id] = nil
                simulation.world.guilds[guild]?.channelIDs.removeAll { $0 == channel.id }
                return simulation.announce(.channelDelete, channel)
            },
            Route(.GET, "/guilds/{guild}/channels") { simulation, call throws(RESTFailure) in
                let guild = try simulation.guild(call)
                return .ok(.array(guild.channelIDs.compactMap { simulation.world.channels[$0]?.guildPayload() }))
            },
            Route(.POST, "/guilds/{guild}/channels") { simulation, call throws(RESTFailure) in
                let guild = try simulation.guild(call, needing: .manageChannels)
                guard call.body["name"]?.stringValue != nil else { throw .required(["name"]) }
                guard let kind = Channel.Kind(rawValue: call.body["type"]?.integerValue ?? 0), kind != .direct else {
                    throw .unusable(["type"], "Value must be one of {0, 2, 4, 5}.")
                }
                var channel = Channel(id: simulation.world.newID(), kind: kind, guildID: guild.id, name: "", position: guild.channelIDs.count)
                try channel.change(by: call.body)
                simulation.world.channels[channel.id] = channel
                simulation.world.guilds[guild.id]?.channelIDs.append(channel.id)
                return RESTReply(status: 201, body: simulation.announce(.channelCreate, channel).body)
            },
        ]
    }
}

extension Simulation {
    fileprivate func announce(_ event: EventName, _ channel: Channel) -> RESTReply {
        let payload = world.payload(of: channel)
        world.outbox.append(Dispatch(event: event, data: payload, audience: world.audience(of: channel)))
        return .ok(payload)
    }
}

extension Channel {
    /// Takes over what a request changes.
    fileprivate mutating func change(by body: JSONValue) throws(RESTFailure) {
        if let name = body["name"]?.stringValue {
            guard (1...100).contains(name.unicodeScalars.count) else {
                throw .invalid(["name"], "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
            }
            // Text channels carry no capitals and no spaces.
            self.name = kind == .text || kind == .announcement ? name.lowercased().replacing(" ", with: "-") : name
        }
        if let topic = body["topic"] {
            guard (topic.stringValue ?? "").unicodeScalars.count <= 1024 else { throw .tooLong(["topic"], 1024) }
            self.topic = topic.stringValue
        }
        if let position = body["position"]?.integerValue { self.position = Int(position) }
        if let parent = body["parent_id"] { parentID = parent.idValue }
        if let isNSFW = body["nsfw"]?.boolValue { self.isNSFW = isNSFW }
        if let seconds = body["rate_limit_per_user"]?.integerValue {
            guard (0...21_600).contains(seconds) else {
                throw .invalid(["rate_limit_per_user"], "NUMBER_TYPE_MAX", "int value should be less than or equal to 21600.")
            }
            slowmode = seconds
        }
        if let overwrites = body["permission_overwrites"]?.arrayValue {
            self.overwrites = overwrites.compactMap { overwrite in
                guard let id = overwrite["id"]?.idValue else { return nil }
                func bits(_ name: String) -> Permissions { overwrite[name]?.stringValue.flatMap { Permissions(decimal: $0) } ?? [] }
                let isMember = overwrite["type"]?.integerValue == 1
                return PermissionOverwrite(target: isMember ? .member(id) : .role(id), allow: bits("allow"), deny: bits("deny"))
            }
        }
    }
}
