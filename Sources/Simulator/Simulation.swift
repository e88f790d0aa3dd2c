import Discord
import JSON
import NIOCore

/// The simulator's inside: one world, the gateway and the REST API that show it, and the log of what the bot did.
/// Confined to one event loop.
final class Simulation {
    let eventLoop: any EventLoop
    let configuration: SimulatorConfiguration
    let token: String
    let log: ObservationLog
    var world: World
    /// `wss://…` without a path; set when the port is known.
    var gatewayURL = ""
    /// What READY tells to resume at: another name of the same host, so that a client which ignores it is noticed.
    var resumeURL = ""
    let connections = OpenConnections()
    private(set) lazy var gateway = SimulatedGateway(simulation: self)
    private(set) lazy var rest = SimulatedREST(simulation: self)
    private var lastInput = 0

    init(eventLoop: any EventLoop, configuration: SimulatorConfiguration, token: String, world: World) {
        self.eventLoop = eventLoop
        self.configuration = configuration
        self.token = token
        self.world = world
        log = ObservationLog(eventLoop: eventLoop)
    }

    /// Tells the gateway's sessions what happened in the world since the last call.
    /// - Parameter input: the injected event that led to it, if one did.
    func publish(input: Int? = nil) {
        gateway.tell(world.takeOutbox().filter(isVisible), input: input)
    }

    /// Whether the bot may see the channel it happened in.
    private func isVisible(_ dispatch: Dispatch) -> Bool {
        guard let channel = dispatch.data["channel_id"]?.idValue.flatMap({ world.channels[$0] }) else { return true }
        return world.permissions(of: world.botID, in: channel).contains(.viewChannel)
    }

    /// See `SimulatorServer.flood`.
    func flood(count: Int, seed: UInt64) -> EventLoopFuture<Void> {
        var events = BulkEvents(world: world, count: count, seed: seed)
        return gateway.flood { events.next() }
    }

    /// Carries out what a person does.
    func perform(_ action: PersonAction, input: Int?) throws(SimulatorFailure) -> ActionOutcome {
        lastInput = input ?? lastInput + 1
        let id = try carryOut(action)
        publish(input: lastInput)
        return ActionOutcome(input: lastInput, id: id)
    }

    private func carryOut(_ action: PersonAction) throws(SimulatorFailure) -> Snowflake {
        switch action {
        case .say(let content, let author, let channel, let replyTo):
            var draft = try draft(content)
            draft.replyTo = replyTo
            return world.post(draft, by: try user(author), in: try self.channel(channel)).id
        case .whisper(let content, let author):
            let person = try user(author)
            return world.post(try draft(content), by: person, in: world.directChannel(with: person)).id
        case .edit(let id, let content):
            world.edit(id, in: try message(id).channelID, to: try draft(content))
            return id
        case .delete(let id):
            world.delete(id, in: try message(id).channelID)
            return id
        case .join(let name):
            return world.join(name: name).id
        case .leave(let name):
            let person = try user(name)
            guard world.remove(person, from: world.homeGuildID) else { throw SimulatorFailure("\(name) is no member") }
            return person
        case .type(let author, let channel):
            let person = try user(author)
            world.type(person, in: try self.channel(channel))
            return person
        case .react(let text, let id, let author, let channel):
            let target = try target(id, in: try self.channel(channel))
            guard world.react(try emoji(text), to: target.id, in: target.channelID, by: try user(author)) else {
                throw SimulatorFailure("the reaction \(text) is there already")
            }
            return target.id
        case .unreact(let text, let id, let author):
            guard world.unreact(try emoji(text), from: id, in: try message(id).channelID, by: try user(author)) else {
                throw SimulatorFailure("there is no such reaction")
            }
            return id
        case .presence(let status, let author):
            let person = try user(author)
            world.setPresence(UserPresence(status: status), of: person, in: [world.homeGuildID])
            return person
        case .command(let name, let options, let author, let channel):
            return begun(try world.invoke(name, values: options, by: try user(author), in: try self.channel(channel)))
        case .press(let customID, let values, let id, let author, let channel):
            let channel = try self.channel(channel)
            let target = try target(id, in: channel, having: customID)
            return begun(try world.press(customID, values: values, on: target, by: try user(author), in: channel))
        case .submit(let customID, let fields, let author, let channel):
            return begun(world.submit(customID, fields: fields, by: try user(author), in: try self.channel(channel)))
        }
    }

    /// Forgets the interaction when its token has run out.
    private func begun(_ interaction: Interaction) -> Snowflake {
        let lifetime = configuration.pace.interactionLifetime
        _ = eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(lifetime.nanoseconds)) { [weak self] in
            self?.world.interactions[interaction.token] = nil
        }
        return interaction.id
    }

    private func draft(_ content: String) throws(SimulatorFailure) -> MessageDraft {
        guard !content.isEmpty else { throw SimulatorFailure("a message needs content") }
        guard content.unicodeScalars.count <= Limits.messageContent else {
            throw SimulatorFailure("a message has at most \(Limits.messageContent) characters")
        }
        return MessageDraft(content: content)
    }

    private func user(_ name: String?) throws(SimulatorFailure) -> Snowflake {
        guard let name else { return world.personID }
        guard let user = world.user(named: name) else { throw SimulatorFailure("there is no user \"\(name)\"") }
        return user.id
    }

    private func channel(_ name: String?) throws(SimulatorFailure) -> Channel {
        let name = name ?? world.generalChannelID.description
        guard let channel = world.channel(named: name) else { throw SimulatorFailure("there is no channel \"\(name)\"") }
        return channel
    }

    private func emoji(_ text: String) throws(SimulatorFailure) -> Emoji {
        guard let emoji = Emoji(text) else { throw SimulatorFailure("\"\(text)\" is no emoji") }
        return emoji
    }

    private func message(_ id: Snowflake) throws(SimulatorFailure) -> Message {
        guard let message = world.messages.values.lazy.compactMap({ $0.last { $0.id == id } }).first else {
            throw SimulatorFailure("there is no message \(id)")
        }
        return message
    }

    /// The message with this id, or the newest of the channel that has the component.
    private func target(_ id: Snowflake?, in channel: Channel, having customID: String? = nil) throws(SimulatorFailure) -> Message {
        if let id { return try message(id) }
        let newest = world.messages[channel.id]?.last { message in
            customID.map { World.componentType($0, in: message.components) != nil } ?? true
        }
        guard let newest else { throw SimulatorFailure("no message in #\(channel.name) fits") }
        return newest
    }
}
