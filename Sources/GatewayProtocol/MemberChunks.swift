import Discord

/// Collects GUILD_MEMBERS_CHUNK events into whole answers (docs, Gateway Events › Guild Members Chunk), by the nonce of the
/// request. Pure: every call is told the time.
///
/// A RESUME in between does not matter: missing chunks are replayed, or the watchdog finds that they are not.
package struct MemberChunks: Sendable {
    /// What became of a request.
    package enum Outcome: Equatable, Sendable {
        /// Every chunk is in: their `d`s in the order of their indexes, in the connection's encoding.
        case complete(MemberRequest, chunks: [[UInt8]])
        /// No further chunk came in time; those that did are dropped. `expected` is unknown before the first.
        case timedOut(MemberRequest, received: Int, expected: Int?)
    }

    private struct Pending: Sendable {
        let request: MemberRequest
        var deadline: ContinuousClock.Instant
        /// From the first chunk that came.
        var expected: Int?
        var chunks: [Int: [UInt8]] = [:]
    }

    private let timeout: Duration
    private var pending: [String: Pending] = [:]

    /// - Parameter timeout: longest silence after the request and after each chunk.
    package init(timeout: Duration = .seconds(30)) { self.timeout = timeout }

    /// Requests under way.
    package var count: Int { pending.count }

    /// The request was sent, for the first time or again: expects its chunks from now on. Its nonce tells it from all others
    /// under way; a request without one cannot be collected and is not kept.
    package mutating func requestSent(_ request: MemberRequest, at now: ContinuousClock.Instant) {
        guard let nonce = request.nonce else { return }
        pending[nonce] = Pending(request: request, deadline: now + timeout)
    }

    /// Takes a chunk in and copies its `d`. `nil` while some are missing, and for a chunk that nobody asked for or that came
    /// before (a replay after RESUME repeats some).
    package mutating func received(
        _ chunk: MemberChunk, data: UnsafeRawBufferPointer, at now: ContinuousClock.Instant
    ) -> Outcome? {
        guard let nonce = chunk.nonce, let request = pending[nonce]?.request, request.guild == chunk.guild else { return nil }
        // Both numbers come from the peer: a chunk that contradicts the first one is no part of this answer.
        let expected = pending[nonce]?.expected ?? chunk.count
        guard chunk.count == expected, (0..<expected).contains(chunk.index) else { return nil }
        pending[nonce]?.expected = expected
        pending[nonce]?.deadline = now + timeout
        pending[nonce]?.chunks[chunk.index] = Array(data)
        guard pending[nonce]?.chunks.count == expected, let entry = pending.removeValue(forKey: nonce) else { return nil }
        return .complete(entry.request, chunks: entry.chunks.sorted { $0.key < $1.key }.map(\.value))
    }

    /// RATE_LIMITED came: the request it names, which is to be enqueued again (the limiter holds it back as long as needed).
    /// Until it is sent again nothing is expected of it.
    package mutating func rateLimited(_ event: RateLimited) -> MemberRequest? {
        guard event.opcode == .requestGuildMembers, let nonce = event.nonce else { return nil }
        return pending.removeValue(forKey: nonce)?.request
    }

    /// Whoever asked no longer waits.
    package mutating func cancel(nonce: String) { pending[nonce] = nil }

    /// When `expire` has something to say at the earliest; `nil` when nothing is under way.
    package var deadline: ContinuousClock.Instant? { pending.values.map(\.deadline).min() }

    /// Takes out the requests whose time has run out.
    package mutating func expire(at now: ContinuousClock.Instant) -> [Outcome] {
        let expired = pending.filter { $0.value.deadline <= now }
        for nonce in expired.keys { pending[nonce] = nil }
        return expired.values.sorted { $0.deadline < $1.deadline }.map {
            .timedOut($0.request, received: $0.chunks.count, expected: $0.expected)
        }
    }

    /// A new session began: chunks of the old one will not come any more. Takes out every request, to be sent again or failed.
    package mutating func sessionLost() -> [MemberRequest] {
        defer { pending = [:] }
        return pending.values.sorted { $0.deadline < $1.deadline }.map(\.request)
    }
}
