import NIOCore

/// What was observed, and who waits for more. Confined to the simulator's event loop.
final class ObservationLog {
    private(set) var entries: [Observation] = []
    private let eventLoop: any EventLoop
    /// Each gets every new observation until it answers `true`.
    private var waiters: [Int: (Observation) -> Bool] = [:]
    private var waiterCount = 0
    private var observers: [(Observation) -> Void] = []

    init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func note(_ observation: Observation) {
        entries.append(observation)
        for observer in observers { observer(observation) }
        for (id, isDone) in waiters where isDone(observation) { waiters[id] = nil }
    }

    /// Calls `observer` with all that has been observed, and with each new observation as it is made.
    func observe(_ observer: @escaping (Observation) -> Void) {
        for entry in entries { observer(entry) }
        observers.append(observer)
    }

    /// The first observation from index `mark` on that `match` accepts, within `deadline`.
    func first<Value: Sendable>(
        _ what: String, after mark: Int, within deadline: Duration, where match: @escaping (Observation) -> Value?
    ) -> EventLoopFuture<Value> {
        let promise = eventLoop.makePromise(of: Value.self)
        // Each is shown once, for `match` may count.
        for observation in entries.dropFirst(mark) {
            guard let value = match(observation) else { continue }
            promise.succeed(value)
            return promise.futureResult
        }
        waiterCount += 1
        let id = waiterCount
        waiters[id] = { observation in
            guard let value = match(observation) else { return false }
            promise.succeed(value)
            return true
        }
        let timeout = eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(deadline.nanoseconds)) { [weak self] in
            self?.waiters[id] = nil
            let recent = self?.entries.suffix(5).map { String(describing: $0).prefix(200) }.joined(separator: "; ") ?? ""
            promise.fail(SimulatorFailure("no sign of \(what) within \(deadline); last seen: \(recent)"))
        }
        promise.futureResult.assumeIsolated().whenComplete { _ in timeout.cancel() }
        return promise.futureResult
    }

    /// Succeeds when `count` sessions were identified or resumed since `mark`.
    func readySessions(_ count: Int, after mark: Int, within deadline: Duration) -> EventLoopFuture<Void> {
        var missing = count
        return first("\(count) ready sessions", after: mark, within: deadline) { observation in
            guard case .session(let change) = observation, change.state == .identified || change.state == .resumed else { return nil }
            missing -= 1
            return missing == 0 ? () : nil
        }
    }
}

extension Duration {
    var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
