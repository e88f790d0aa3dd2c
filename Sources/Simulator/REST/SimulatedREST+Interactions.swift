import Discord
import JSON
import NIOHTTP1

extension SimulatedREST {
    /// Discord docs, Interactions › Receiving and Responding. The token in the path is the authorization.
    static var interactionRoutes: [Route] {
        [
            Route(.POST, "/interactions/{interaction}/{token}/callback", isInteraction: true) { simulation, call throws(RESTFailure) in
                try simulation.answerInteraction(call)
            },
            Route(.GET, "/webhooks/{application}/{token}/messages/@original", isInteraction: true) { simulation, call throws(RESTFailure) in
                .ok(simulation.world.payload(of: try simulation.original(call)))
            },
            Route(.PATCH, "/webhooks/{application}/{token}/messages/@original", isInteraction: true) { simulation, call throws(RESTFailure) in
                .ok(try simulation.editAnswer(try simulation.original(call), call))
            },
            Route(.DELETE, "/webhooks/{application}/{token}/messages/@original", isInteraction: true) { simulation, call throws(RESTFailure) in
                simulation.deleteAnswer(try simulation.original(call))
            },
            Route(.POST, "/webhooks/{application}/{token}", isInteraction: true) { simulation, call throws(RESTFailure) in
                try simulation.followUp(call)
            },
            Route(.GET, "/webhooks/{application}/{token}/messages/{message}", isInteraction: true) { simulation, call throws(RESTFailure) in
                .ok(simulation.world.payload(of: try simulation.answerMessage(call)))
            },
            Route(.PATCH, "/webhooks/{application}/{token}/messages/{message}", isInteraction: true) { simulation, call throws(RESTFailure) in
                .ok(try simulation.editAnswer(try simulation.answerMessage(call), call))
            },
            Route(.DELETE, "/webhooks/{application}/{token}/messages/{message}", isInteraction: true) { simulation, call throws(RESTFailure) in
                simulation.deleteAnswer(try simulation.answerMessage(call))
            },
        ]
    }
}

extension Simulation {
    /// The first response: once, within the deadline.
    fileprivate func answerInteraction(_ call: RESTCall) throws(RESTFailure) -> RESTReply {
        guard var interaction = world.interactions[call.text("token")], interaction.id == call.id("interaction") else { throw .unknownInteraction }
        guard interaction.progress == .waiting else { throw .alreadyAcknowledged }
        guard interaction.createdAt.advanced(by: configuration.pace.interactionDeadline) >= world.now else { throw .unknownInteraction }
        guard let type = call.body["type"]?.integerValue else { throw .required(["type"]) }
        let data = call.body["data"].flatMap { $0.isNull ? nil : $0 } ?? [:]
        let isComponent = interaction.kind == .component
        switch type {
        case 4 where interaction.kind != .autocomplete:
            let draft = try MessageDraft(request: call, body: data, ids: { world.newID() })
            guard !draft.isEmpty else { throw .emptyMessage }
            interaction.progress = .answered(message: post(draft, for: interaction).id)
        case 5 where interaction.kind != .autocomplete:
            var draft = MessageDraft()
            draft.flags = Message.Flag.loading | (data["flags"]?.integerValue ?? 0) & Message.Flag.ephemeral
            interaction.progress = .deferred(message: post(draft, for: interaction, isObserved: false).id)
        case 6 where isComponent: interaction.progress = .answered(message: interaction.sourceMessageID)
        case 7 where isComponent:
            guard let source = interaction.sourceMessageID.flatMap({ world.message($0, in: interaction.channelID) }) else { throw .unknownMessage }
            _ = try edit(source, with: RESTCall(parameters: call.parameters, query: call.query, body: data, files: call.files, reason: nil))
            interaction.progress = .answered(message: source.id)
        case 8 where interaction.kind == .autocomplete:
            guard let choices = data["choices"]?.arrayValue else { throw .required(["data", "choices"]) }
            guard choices.count <= 25 else { throw .tooLong(["data", "choices"], 25) }
            interaction.progress = .answered(message: nil)
        case 9 where interaction.kind != .modal:
            for field in ["custom_id", "title", "components"] where data[field] == nil { throw .required(["data", field]) }
            interaction.progress = .answered(message: nil)
        default: throw .unusable(["type"], "Callback type \(type) does not fit an interaction of type \(interaction.kind.rawValue).")
        }
        world.interactions[interaction.token] = interaction
        log.note(.interactionAnswered(interaction: interaction.id, call.body))
        guard ["true", "True", "1"].contains(call.query["with_response"] ?? "") else { return .noContent }
        return .ok(callbackResponse(interaction, type))
    }

    /// The interaction callback response object.
    private func callbackResponse(_ interaction: Interaction, _ type: Int64) -> JSONValue {
        var summary: JSONValue = ["id": .id(interaction.id), "type": .integer(interaction.kind.rawValue)]
        var resource: JSONValue = ["type": .integer(type)]
        if let id = interaction.originalID, let message = world.message(id, in: interaction.channelID) {
            summary["response_message_id"] = .id(id)
            summary["response_message_loading"] = .bool(message.flags & Message.Flag.loading != 0)
            summary["response_message_ephemeral"] = .bool(message.isEphemeral)
            resource["message"] = world.payload(of: message)
        }
        return ["interaction": summary, "resource": resource]
    }

    /// Further messages of an answered interaction. The first one after a deferral takes the promised message's place.
    fileprivate func followUp(_ call: RESTCall) throws(RESTFailure) -> RESTReply {
        let interaction = try answered(call)
        var draft = try MessageDraft(request: call, body: call.body, ids: { world.newID() })
        guard !draft.isEmpty else { throw .emptyMessage }
        if case .deferred(let id) = interaction.progress, let promised = world.message(id, in: interaction.channelID) {
            return .ok(try editAnswer(promised, call))
        }
        draft.replyTo = interaction.originalID
        return .ok(world.payload(of: post(draft, for: interaction)))
    }

    fileprivate func editAnswer(_ message: Message, _ call: RESTCall) throws(RESTFailure) -> JSONValue {
        var message = message
        // A promised message becomes a real one with its first content.
        let wasPromised = message.flags & Message.Flag.loading != 0
        if wasPromised {
            message.flags &= ~Message.Flag.loading
            world.replace(message)
            if var interaction = world.interactions[call.text("token")] {
                interaction.progress = .answered(message: message.id)
                world.interactions[interaction.token] = interaction
            }
        }
        return try edit(message, with: call)
    }

    fileprivate func deleteAnswer(_ message: Message) -> RESTReply {
        world.delete(message.id, in: message.channelID)
        log.note(.messageDeleted(channel: message.channelID, message: message.id))
        return .noContent
    }

    /// The message that was, or was promised as, the first response.
    fileprivate func original(_ call: RESTCall) throws(RESTFailure) -> Message {
        let interaction = try answered(call)
        guard let message = interaction.originalID.flatMap({ world.message($0, in: interaction.channelID) }) else { throw .unknownMessage }
        return message
    }

    fileprivate func answerMessage(_ call: RESTCall) throws(RESTFailure) -> Message {
        let interaction = try answered(call)
        guard let message = world.message(call.id("message"), in: interaction.channelID),
              message.interaction?["id"]?.idValue == interaction.id else { throw .unknownMessage }
        return message
    }

    private func answered(_ call: RESTCall) throws(RESTFailure) -> Interaction {
        guard call.id("application") == world.botID, let interaction = world.interactions[call.text("token")],
              interaction.progress != .waiting else { throw .unknownWebhook }
        return interaction
    }

    private func post(_ draft: MessageDraft, for interaction: Interaction, isObserved: Bool = true) -> Message {
        let user = world.users[interaction.userID]?.payload ?? .null
        let channel = world.channels[interaction.channelID] ?? world.directChannel(with: interaction.userID)
        let message = world.post(
            draft, by: world.botID, in: channel, kind: interaction.kind == .command ? .command : nil, interaction: interaction.metadata(user: user))
        if isObserved { log.note(.message(world.payload(of: message))) }
        return message
    }
}

extension Interaction {
    fileprivate var originalID: Snowflake? {
        switch progress {
        case .waiting: nil
        case .deferred(let id): id
        case .answered(let id): id
        }
    }
}
