import Discord
import JSON
import NIOHTTP1

extension SimulatedREST {
    /// Discord docs, Resources › Message.
    static var messageRoutes: [Route] {
        [
            Route(.POST, "/channels/{channel}/messages", limit: .createMessage) { simulation, call throws(RESTFailure) in
                let channel = try simulation.channel(call, needing: .sendMessages)
                guard channel.kind != .category else { throw .wrongChannelKind }
                var draft = try MessageDraft(request: call, body: call.body, ids: { simulation.world.newID() })
                guard !draft.isEmpty else { throw .emptyMessage }
                if let replyTo = draft.replyTo, simulation.world.message(replyTo, in: channel.id) == nil {
                    guard call.body["message_reference"]?["fail_if_not_exists"]?.boolValue == false else {
                        throw .invalid(["message_reference"], "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
                    }
                    draft.replyTo = nil
                }
                return .ok(simulation.world.payload(of: simulation.postOnce(draft, in: channel)))
            },
            Route(.GET, "/channels/{channel}/messages") { simulation, call throws(RESTFailure) in
                let channel = try simulation.channel(call, needing: .readMessageHistory)
                let limit = try call.number("limit", in: 1...100, default: 50)
                let all = (simulation.world.messages[channel.id] ?? []).filter { !$0.isEphemeral }
                let part: [Message]
                if let before = call.query["before"].flatMap({ Snowflake($0) }) {
                    part = all.filter { $0.id < before }.suffix(limit)
                } else if let after = call.query["after"].flatMap({ Snowflake($0) }) {
                    part = Array(all.filter { $0.id > after }.prefix(limit))
                } else if let around = call.query["around"].flatMap({ Snowflake($0) }) {
                    part = all.filter { $0.id < around }.suffix(limit / 2) + all.filter { $0.id >= around }.prefix(limit - limit / 2)
                } else {
                    part = all.suffix(limit)
                }
                return .ok(.array(part.reversed().map { simulation.world.payload(of: $0) }))
            },
            Route(.POST, "/channels/{channel}/messages/bulk-delete") { simulation, call throws(RESTFailure) in
                let channel = try simulation.channel(call, needing: .manageMessages)
                let ids = (call.body["messages"]?.arrayValue ?? []).compactMap(\.idValue)
                guard Limits.bulkDeleteMessages.contains(Set(ids).count), Set(ids).count == ids.count else { throw .bulkDeleteCount }
                simulation.world.deleteBulk(ids, in: channel)
                return .noContent
            },
            Route(.GET, "/channels/{channel}/messages/pins") { simulation, call throws(RESTFailure) in
                let channel = try simulation.channel(call, needing: .readMessageHistory)
                let pinned = (simulation.world.messages[channel.id] ?? []).filter(\.isPinned).reversed()
                return .ok([
                    "items": .array(pinned.map { message in
                        ["pinned_at": .time(message.timestamp), "message": simulation.world.payload(of: message)]
                    }), "has_more": false,
                ])
            },
            Route(.PUT, "/channels/{channel}/messages/pins/{message}") { simulation, call throws(RESTFailure) in
                try simulation.setPin(true, call)
            },
            Route(.DELETE, "/channels/{channel}/messages/pins/{message}") { simulation, call throws(RESTFailure) in
                try simulation.setPin(false, call)
            },
            Route(.GET, "/channels/{channel}/messages/{message}") { simulation, call throws(RESTFailure) in
                let channel = try simulation.channel(call, needing: .readMessageHistory)
                return .ok(simulation.world.payload(of: try simulation.message(call, in: channel)))
            },
            Route(.PATCH, "/channels/{channel}/messages/{message}") { simulation, call throws(RESTFailure) in
                let channel = try simulation.channel(call)
                let message = try simulation.message(call, in: channel)
                guard message.authorID == simulation.world.botID else { throw .notAuthor }
                return .ok(try simulation.edit(message, with: call))
            },
            Route(.DELETE, "/channels/{channel}/messages/{message}") { simulation, call throws(RESTFailure) in
                let channel = try simulation.channel(call)
                let message = try simulation.message(call, in: channel)
                if message.authorID != simulation.world.botID { _ = try simulation.channel(call, needing: .manageMessages) }
                simulation.world.delete(message.id, in: channel.id)
                simulation.log.note(.messageDeleted(channel: channel.id, message: message.id))
                return .noContent
            },
            Route(.POST, "/channels/{channel}/typing") { simulation, call throws(RESTFailure) in
                let channel = try simulation.channel(call, needing: .sendMessages)
                simulation.world.type(simulation.world.botID, in: channel)
                simulation.log.note(.typing(channel: channel.id))
                return .noContent
            },
        ]
    }
}

extension Simulation {
    /// Posts for the bot; with an enforced nonce that was used in the last minutes, the earlier message is the answer.
    func postOnce(_ draft: MessageDraft, in channel: Channel) -> Message {
        let key = draft.enforcesNonce ? draft.nonce.map { String(decoding: $0.serialized, as: UTF8.self) } : nil
        if let key, let earlier = world.nonces[key], earlier.at.advanced(by: .seconds(180)) > world.now,
           let message = world.message(earlier.message, in: earlier.channel) {
            return message
        }
        let message = world.post(draft, by: world.botID, in: channel)
        if let key { world.nonces[key] = (channel.id, message.id, world.now) }
        log.note(.message(world.payload(of: message)))
        return message
    }

    /// Edits a message of the bot by a request; returns the new payload.
    func edit(_ message: Message, with call: RESTCall) throws(RESTFailure) -> JSONValue {
        var draft = try MessageDraft(request: call, body: call.body, ids: { world.newID() })
        if let listed = draft.attachments {
            // An entry that names an attachment of the message keeps it whole.
            draft.attachments = listed.compactMap { entry in
                entry["url"] != nil ? entry : message.attachments.first { $0["id"]?.idValue == entry["id"]?.idValue }
            }
        }
        guard let edited = world.edit(message.id, in: message.channelID, to: draft) else { throw .unknownMessage }
        let payload = world.payload(of: edited)
        log.note(.messageEdited(payload))
        return payload
    }

    fileprivate func setPin(_ isPinned: Bool, _ call: RESTCall) throws(RESTFailure) -> RESTReply {
        let channel = try channel(call, needing: .pinMessages)
        var message = try message(call, in: channel)
        message.isPinned = isPinned
        world.replace(message)
        let now = world.now
        if isPinned { world.channels[channel.id]?.lastPin = now }
        var data: JSONValue = ["channel_id": .id(channel.id), "last_pin_timestamp": .time(world.channels[channel.id]?.lastPin)]
        if let guild = channel.guildID { data["guild_id"] = .id(guild) }
        world.outbox.append(Dispatch(event: .channelPinsUpdate, data: data, audience: world.audience(of: channel)))
        return .noContent
    }
}
