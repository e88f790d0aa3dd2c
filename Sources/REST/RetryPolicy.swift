import Discord

/// Whether a request that brought no usable answer is sent again, and when.
///
/// Discord asks to obey 429 and to retry 502 "after a moment" (Discord, "HTTP Response Codes"); the rest follows from
/// what may take effect twice.
struct RetryPolicy {
    enum Decision: Equatable {
        case giveUp
        /// As soon as the rate limiter lets it.
        case whenAllowed
        case after(Duration)
    }

    /// Attempts in all that may end in a 429.
    static let refusalLimit = 5
    /// Times that a request is sent again after a server error or a broken connection.
    static let retryLimit = 3

    var replay: RESTRequest.Replay
    var lane: RESTRequest.Lane
    /// 429s so far, and server errors or broken connections so far, the present one included.
    var refusals = 0
    var failures = 0
    var firstPause: Duration

    /// Decides on an answer. `random` is in 0..<1 and spreads the pauses by a quarter, so that many clients do not return at once.
    mutating func answered(status: Int, fault: DiscordFault?, random: Double) -> Decision {
        switch status {
        case 429:
            refusals += 1
            return refusals < Self.refusalLimit ? .whenAllowed : .giveUp
        case 202 where fault?.code == .searchIndexNotReady:
            refusals += 1
            let wait = fault?.retryAfter ?? .zero
            return refusals < Self.refusalLimit ? .after(wait > .zero ? wait : .seconds(5)) : .giveUp
        case 500...:
            failures += 1
            return replay == .always && failures <= Self.retryLimit ? .after(pause(random)) : .giveUp
        default:
            return .giveUp
        }
    }

    mutating func failed(_ failure: TransportFailure, random: Double) -> Decision {
        failures += 1
        guard failure.isPassing, replay == .always || !failure.wasWritten else { return .giveUp }
        // An interaction has three seconds in all: once more, at once.
        if lane == .interaction, replay == .unlessWritten { return failures <= 1 ? .after(.zero) : .giveUp }
        return failures <= Self.retryLimit ? .after(pause(random)) : .giveUp
    }

    /// 1, 2, 4 times the first pause and up to a quarter more.
    private func pause(_ random: Double) -> Duration {
        firstPause * (Double(1 << (failures - 1)) * (1 + random / 4))
    }
}
