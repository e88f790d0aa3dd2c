package import Discord

extension SimulatorServer {
    /// Lets a person act. Its dispatches are on their way when the call returns; `Observation.delivered` tells when they were written.
    /// - Parameter input: the number to report them under; `nil` takes the next one.
    @discardableResult
    package func perform(_ action: PersonAction, input: Int? = nil) async throws(SimulatorFailure) -> ActionOutcome {
        try await onLoop { simulation throws(SimulatorFailure) in try simulation.perform(action, input: input) }
    }

    /// The person at the keyboard, or `author`, writes in `#general`, or in `channel`. Returns the message's id.
    @discardableResult
    package func say(_ content: String, as author: String? = nil, in channel: String? = nil) async throws(SimulatorFailure) -> Snowflake {
        try await perform(.say(content, author: author, channel: channel)).id
    }

    /// Sends `count` dispatches of a busy bot's mix as fast as the connections take them, the first with the content `!start` and the
    /// last with `!done`; returns when all are written. Sessions that are away miss them as they would on Discord.
    package func flood(count: Int, seed: UInt64 = 1) async throws(SimulatorFailure) {
        try await onLoopFuture { $0.flood(count: count, seed: seed) }
    }

    /// Ends a flood that is under way, with an error, and takes no other: for an end that waits for no client.
    package func endFloods() async throws(SimulatorFailure) {
        try await onLoop { simulation in simulation.gateway.endFloods() }
    }
}
