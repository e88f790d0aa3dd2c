package import Discord

/// Collects GUILD_MEMBERS_CHUNK events into whole answers (docs, Gateway Events › Guild Members Chunk). Pure.
package struct MemberChunks: Sendable {
    /// What became of a request.
    package enum Outcome: Equatable, Sendable {
        /// Every chunk is in: their `d`s by index, in the connection's encoding.
        case complete(nonce: String, chunks: [[UInt8]])
        /// No chunk came for the time-out; those that did are dropped.
        case timedOut(nonce: String, received: Int, of: Int?)
    }

    package init(timeout: Duration = .seconds(30)) {}

    /// Expects chunks with the request's nonce from now on. A nonce must be unique among the waiting requests.
    package mutating func requestSent(nonce: String, guild: Snowflake, at now: ContinuousClock.Instant) {}

    /// Takes a chunk in; `nil` while some are missing, or when nobody waits for it.
    package mutating func received(_ chunk: MemberChunk, data: UnsafeRawBufferPointer, at now: ContinuousClock.Instant) -> Outcome? { nil }

    /// RATE_LIMITED named this nonce: the request goes out again later, so its watchdog is moved.
    package mutating func postponed(nonce: String, until: ContinuousClock.Instant) {}

    /// When `expired` has something to say next; `nil` when nothing waits.
    package var deadline: ContinuousClock.Instant? { nil }

    /// Requests whose watchdog ran out.
    package mutating func expired(at now: ContinuousClock.Instant) -> [Outcome] { [] }

    /// The session is gone, and with it every chunk under way: the nonces that will get no answer.
    package mutating func sessionLost() -> [String] { [] }
}
