package import JSON

extension SimulatorServer {
    /// What has been observed so far, oldest first.
    package func observations() async throws(SimulatorFailure) -> [Observation] {
        try await onLoop { simulation in simulation.log.entries }
    }

    /// Calls `observer` with everything observed from the start and from now on, in that order, where the simulation lives: so before a
    /// request that is observed has its answer. It must not block.
    package func observe(_ observer: @escaping @Sendable (Observation) -> Void) async throws(SimulatorFailure) {
        try await onLoop { simulation in simulation.log.observe(observer) }
    }

    /// The number of observations so far: a place to search on from.
    package func mark() async throws(SimulatorFailure) -> Int {
        try await onLoop { simulation in simulation.log.entries.count }
    }

    /// Waits for an observation that `match` turns into a value; those already made from `mark` on count too.
    /// - Throws: after `deadline`, with `what` and the newest observations in the text.
    package func first<Value: Sendable>(
        _ what: String, after mark: Int = 0, within deadline: Duration = .seconds(20), where match: @escaping @Sendable (Observation) -> Value?
    ) async throws(SimulatorFailure) -> Value {
        try await onLoopFuture { $0.log.first(what, after: mark, within: deadline, where: match) }
    }

    /// Waits for a message by the bot that contains `text`; returns Discord's message object.
    @discardableResult
    package func botSays(_ text: String, after mark: Int = 0, within deadline: Duration = .seconds(20)) async throws(SimulatorFailure) -> JSONValue {
        try await first("a message with \"\(text)\"", after: mark, within: deadline) { observation in
            guard case .message(let message) = observation, message["content"]?.stringValue?.contains(text) == true else { return nil }
            return message
        }
    }

    /// Waits until `count` sessions have identified or resumed since `mark`.
    package func sessionsReady(_ count: Int = 1, after mark: Int = 0, within deadline: Duration = .seconds(20)) async throws(SimulatorFailure) {
        try await onLoopFuture { $0.log.readySessions(count, after: mark, within: deadline) }
    }
}
