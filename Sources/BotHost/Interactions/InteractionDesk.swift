internal import Discord
internal import GatewayProtocol
internal import REST
internal import Reactor

/// Acknowledges interactions in time although their handlers take longer: Discord forgets one that has no answer after three seconds, and says so
/// to the person. One that still has none two seconds after it came, while a handler works, is deferred; the handler's answer then takes
/// the deferral's place.
///
/// Confined to the reactor thread, so that a handler that spins delays no deferral, and none can cross a handler's own answer.
final class InteractionDesk {
    /// What the desk works with.
    struct Road {
        /// Answers whether a handler is at work, once all events that came before have been handed over; late or never when one spins.
        let askScripts: (@escaping (_ isWorking: Bool) -> Void) -> Void
        let perform: (RESTRequest, @escaping (_ isDone: Bool) -> Void) -> Void
    }

    private enum State {
        case unanswered(InteractionHead, alarm: TimerToken)
        /// The deferral is under way. Answers wait for what becomes of it.
        case deferring([(_ isDeferred: Bool) -> Void])
        case deferred(expiry: TimerToken)
    }

    private let reactor: Reactor
    private let road: Road
    private var states: [Snowflake: State] = [:]
    private var tokens = RecentTokens()

    /// From the event to the question whether a handler works on it.
    private static let patience = Duration.seconds(2)
    /// For the scripts' answer to that.
    private static let grace = Duration.milliseconds(250)

    init(_ road: Road, on reactor: Reactor) {
        self.road = road
        self.reactor = reactor
    }

    /// INTERACTION_CREATE came and goes to the handlers.
    func received(_ interaction: InteractionHead) {
        tokens.insert(interaction.token)
        guard interaction.deferral != nil else { return }
        let alarm = reactor.schedule(after: Self.patience) { [unowned self] in ask(about: interaction) }
        states[interaction.id] = .unanswered(interaction, alarm: alarm)
    }

    /// Whether a token is of an interaction that came lately. Only what answers one is outside Discord's limits.
    func knows(_ token: String) -> Bool { tokens.contains(token) }

    /// A script answers an interaction: `send` sends what it wants to, unless the interaction has been deferred meanwhile: then `isDeferred` is called.
    func answer(_ id: Snowflake, send: @escaping () -> Void, isDeferred: @escaping () -> Void) {
        switch states[id] {
        case nil:
            send()
        case .unanswered(_, let alarm):
            reactor.cancel(alarm)
            states[id] = nil
            send()
        case .deferring(let waiting):
            states[id] = .deferring(waiting + [{ $0 ? isDeferred() : send() }])
        case .deferred(let expiry):
            // A second answer goes to Discord, which refuses it as it does without us.
            reactor.cancel(expiry)
            states[id] = nil
            isDeferred()
        }
    }

    private func ask(about interaction: InteractionHead) {
        let alarm = reactor.schedule(after: Self.grace) { [unowned self] in acknowledge(interaction) }
        states[interaction.id] = .unanswered(interaction, alarm: alarm)
        road.askScripts { [weak self] isWorking in
            guard let self, case .unanswered(_, let alarm) = states[interaction.id] else { return }
            reactor.cancel(alarm)
            // What nobody works on fails at once for the person, instead of thinking for a quarter of an hour.
            if isWorking { acknowledge(interaction) } else { states[interaction.id] = nil }
        }
    }

    private func acknowledge(_ interaction: InteractionHead) {
        guard let type = interaction.deferral else { return }
        states[interaction.id] = .deferring([])
        road.perform(.interactionCallback(interaction.id, token: interaction.token, Array(#"{"type":\#(type)}"#.utf8))) { [weak self] isDone in
            self?.acknowledged(interaction.id, isDone)
        }
    }

    private func acknowledged(_ id: Snowflake, _ isDone: Bool) {
        guard case .deferring(let waiting) = states[id] else { return }
        if isDone && waiting.isEmpty {
            states[id] = .deferred(expiry: reactor.schedule(after: Limits.interactionToken) { [unowned self] in states[id] = nil })
        } else {
            states[id] = nil
        }
        // Of several answers the first has the deferral's place.
        for (index, answer) in waiting.enumerated() { answer(isDone && index == 0) }
    }
}

@available(*, unavailable)
extension InteractionDesk: Sendable {}
