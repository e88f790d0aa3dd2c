import Reactor
import Testing

/// Runs a scenario on a reactor of its own, on the calling thread, until the scenario says that it is done.
final class Turntable {
    let reactor: Reactor
    private var isDone = false

    init(_ poller: PollerKind = .platformDefault) throws { reactor = try Reactor(poller: poller) }

    /// Ends `run` after the present callback.
    func done() {
        isDone = true
        reactor.handle.stop()
    }

    /// Runs what `begin` starts. A scenario that is not done in time has failed; no other test result depends on the time it takes.
    func run(
        within limit: Duration = .seconds(20), sourceLocation: SourceLocation = #_sourceLocation, _ begin: () throws -> Void
    ) rethrows {
        try begin()
        reactor.schedule(after: limit) { self.reactor.handle.stop() }
        reactor.run()
        if !isDone { Issue.record("the scenario did not come to its end", sourceLocation: sourceLocation) }
    }

    /// Checks `condition` after each turn's worth of time until it holds, then goes on with `next`.
    func when(_ condition: @escaping () -> Bool, _ next: @escaping () -> Void) {
        if condition() { return next() }
        reactor.schedule(after: .milliseconds(2)) { self.when(condition, next) }
    }
}
