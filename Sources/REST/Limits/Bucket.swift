/// One rate-limit bucket: what waits in it, what is under way and what Discord allows. Owned by a `RateLimiter` alone.
final class Bucket {
    /// A method and a template: the routes of one name share a limit.
    struct RouteName: Hashable {
        var method: HTTPMethod
        var template: String
    }

    /// The hash Discord named, or the route's name until it has named one, and the top-level resource.
    struct Key: Hashable {
        enum Group: Hashable {
            case route(RouteName)
            case hash(String)
        }

        var group: Group
        var major: String
    }

    /// What is known of the limit.
    enum Allowance {
        /// No answer yet: one request at a time.
        case unknown
        /// Answers name no limit.
        case unlimited
        /// `resets` is `nil` from the end of a window until the first answer in the next.
        case window(limit: Int, remaining: Int, resets: ContinuousClock.Instant?)
    }

    /// When the bucket allows one more request.
    enum Opening {
        case now
        case at(ContinuousClock.Instant)
        /// Only an answer to a request under way can tell.
        case afterAnswer
    }

    var key: Key
    let lane: RESTRequest.Lane
    /// What waits, by origin: the one that was served longest ago, or never, is the first whose turn it is here.
    private(set) var lines: [RequestLine] = []
    var underWay: [RateLimiter.Ticket] = []
    var allowance = Allowance.unknown
    /// No request before this time, whatever the window says.
    var hold: ContinuousClock.Instant?
    /// When to look again; alarms for other times are stale.
    var alarm: ContinuousClock.Instant?
    var lastUse: ContinuousClock.Instant

    init(key: Key, lane: RESTRequest.Lane, at now: ContinuousClock.Instant) {
        self.key = key
        self.lane = lane
        lastUse = now
    }

    /// The line of `origin`, made if there is none.
    func line(of origin: Origin) -> RequestLine {
        if let line = lines.first(where: { $0.origin === origin }) { return line }
        let line = RequestLine(of: origin)
        lines.insert(line, at: 0)
        return line
    }

    /// Drops the lines of origins that are `gone`; nothing of theirs waits.
    func forgetLines(of isGone: (Origin) -> Bool) {
        lines.removeAll { $0.tickets.isEmpty && isGone($0.origin) }
    }

    func opening(at now: ContinuousClock.Instant) -> Opening {
        if let hold, hold > now { return .at(hold) }
        switch allowance {
        case .unknown:
            return underWay.isEmpty ? .now : .afterAnswer
        case .unlimited:
            return .now
        case .window(let limit, let remaining, let resets):
            if remaining > 0 { return .now }
            if let resets { return resets > now ? .at(resets) : (underWay.count < limit ? .now : .afterAnswer) }
            return underWay.isEmpty ? .now : .afterAnswer
        }
    }

    /// Takes the request at `index` of `line`, which leaves now. What was under way when a window ended counts towards the next.
    func send(_ index: Int, of line: RequestLine, at now: ContinuousClock.Instant) -> RateLimiter.Ticket {
        if case .window(let limit, let remaining, let resets) = allowance {
            if (resets.map { $0 <= now } ?? underWay.isEmpty) {
                allowance = .window(limit: limit, remaining: limit - underWay.count - 1, resets: nil)
            } else {
                allowance = .window(limit: limit, remaining: remaining - 1, resets: resets)
            }
        }
        if let place = lines.firstIndex(where: { $0 === line }), place < lines.count - 1 { lines.append(lines.remove(at: place)) }
        lastUse = now
        let ticket = line.remove(at: index)
        underWay.append(ticket)
        return ticket
    }

    /// Takes over what an answer says about the window. Answers of one window may come in any order: the least remaining is true.
    func learn(_ headers: RateLimitHeaders, slack: Duration, at now: ContinuousClock.Instant) {
        guard let limit = headers.limit, limit > 0, let remaining = headers.remaining, let resetAfter = headers.resetAfter else {
            if case .unknown = allowance { allowance = .unlimited }
            return
        }
        let resets = now + resetAfter + slack
        var left = max(0, remaining)
        if case .window(_, let counted, let known) = allowance, known.map({ abs(($0 - resets) / .seconds(1)) < 1 }) ?? true {
            left = min(left, counted)
        } else {
            left = max(0, left - max(0, underWay.count - 1))
        }
        allowance = .window(limit: limit, remaining: left, resets: resets)
    }

    /// Whether forgetting the bucket loses nothing.
    func isIdle(since limit: ContinuousClock.Instant, at now: ContinuousClock.Instant) -> Bool {
        guard underWay.isEmpty, lines.allSatisfy(\.tickets.isEmpty), lastUse <= limit, hold.map({ $0 <= now }) ?? true else { return false }
        if case .window(_, _, let resets?) = allowance { return resets <= now }
        return true
    }
}
