/// Who asks (`RESTRequest.origin`), and what is counted for each. Owned by a `RateLimiter` alone.
final class Origin {
    let number: Int
    /// Requests that wait, and the bytes of their bodies.
    var queuedCount = 0
    var queuedBytes = 0
    /// Requests that were submitted and not finished.
    var outstanding = 0
    /// Requests under way, interactions excepted.
    var underWay = 0
    /// Requests sent in the present `SendWindow`.
    var recentSends = 0
    /// Refusals in a row that were not Discord's own but of the proxy before it.
    var edgeRefusals = 0
    var invalid = InvalidRequestWindow()
    /// No requests but interactions before this time: it caused too many invalid ones.
    var pause: ContinuousClock.Instant?
    var lastUse: ContinuousClock.Instant

    init(_ number: Int, at now: ContinuousClock.Instant) {
        self.number = number
        lastUse = now
    }

    /// The host itself is trusted: only what limits all limits it.
    var isHost: Bool { number == 0 }

    /// Whether one more request of it may be under way, beside those of all: three quarters of what the others leave, so that there is room
    /// for one more origin however many there are, and the last of all for the host.
    func hasRoom(beside all: Int, _ limits: RateLimits) -> Bool {
        guard !isHost else { return all < limits.concurrent }
        let left = limits.concurrent - (all - underWay)
        return all < max(1, limits.concurrent - 1) && underWay < RateLimits.share(of: left)
    }

    func isPaused(at now: ContinuousClock.Instant) -> Bool { pause.map { $0 > now } ?? false }

    func enqueue(byteCount: Int) {
        queuedCount += 1
        queuedBytes += byteCount
    }

    func dequeue(byteCount: Int) {
        queuedCount -= 1
        queuedBytes -= byteCount
    }

    /// Whether forgetting the origin loses nothing, once its invalid requests have expired.
    func isIdle(since limit: ContinuousClock.Instant) -> Bool {
        outstanding == 0 && lastUse <= limit && invalid.count == 0
    }
}
