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
    var invalid = InvalidRequestWindow()
    /// No requests but interactions before this time: it caused too many invalid ones.
    var pause: ContinuousClock.Instant?
    var lastUse: ContinuousClock.Instant
    private let concurrent: Int

    init(_ number: Int, limits: RateLimits, at now: ContinuousClock.Instant) {
        self.number = number
        concurrent = number == 0 ? limits.concurrent : limits.concurrentOfOne
        lastUse = now
    }

    /// The host itself is trusted: only what limits all limits it.
    var isHost: Bool { number == 0 }
    /// Whether it has as much under way as it may.
    var isBusy: Bool { underWay >= concurrent }

    func isPaused(at now: ContinuousClock.Instant) -> Bool { pause.map { $0 > now } ?? false }

    func enqueue(byteCount: Int) {
        queuedCount += 1
        queuedBytes += byteCount
    }

    func dequeue(byteCount: Int) {
        queuedCount -= 1
        queuedBytes -= byteCount
    }

    /// Whether forgetting the origin loses nothing.
    func isIdle(since limit: ContinuousClock.Instant, at now: ContinuousClock.Instant) -> Bool {
        invalid.expire(at: now)
        return outstanding == 0 && lastUse <= limit && invalid.count == 0
    }
}
