/// The numbers a `RateLimiter` works with; Discord's own unless stated.
package struct RateLimits: Sendable {
    /// Requests in any second, interactions excepted. Discord raises it for large bots on request.
    package var perSecond = 50
    /// Requests under way at once, interactions excepted, so that slow uploads cannot take every connection. Ours.
    package var concurrent = 32
    /// Of them at most those of one origin; of several each has three quarters of what the others leave. The host's own (0) may be all. Ours.
    package var concurrentOfOne: Int { Self.share(of: concurrent) }
    static func share(of left: Int) -> Int { max(1, left * 3 / 4) }
    /// Requests of one origin that may wait. Ours: beyond it a script is producing faster than Discord will ever take.
    package var queued = 10_000
    /// Bytes of body of one origin that may wait. Ours.
    package var queuedBytes = 64 * 1024 * 1024
    /// Invalid requests in ten minutes, of all origins, after which to warn and to pause all; Discord bans at 10,000.
    package var invalidWarning = 1_000
    package var invalidPause = 5_000
    /// Invalid requests in ten minutes after which to pause the origin that caused them; the host (0) is paused with all only. Ours.
    package var invalidPauseOfOne: Int { max(1, invalidPause / 2) }
    /// Added to every reset time: the clocks and the network are not exact. Ours.
    package var resetSlack: Duration = .milliseconds(50)
    /// How long to stop when the proxy before Discord refuses our address without saying for how long. Ours.
    package var edgePause: Duration = .seconds(300)
    /// A bucket unused for so long is forgotten. Ours.
    package var idleSpan: Duration = .seconds(300)

    package init() {}
}
