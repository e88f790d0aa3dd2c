import Discord
import GatewayProtocol
import Reactor

/// Lets the shards of a fleet into new sessions: not more connections at a time than can soon IDENTIFY, and not more IDENTIFYs than the
/// queue and the ledger allow. RESUMEs pass by.
final class LoginAdmission {
    weak var fleet: ShardFleet?
    private let context: GatewayContext
    private var ledger: IdentifyLedger
    private var queue: IdentifyQueue
    private var info: GatewayBotInfo

    /// Shards that connect or wait with an open connection, and those that wait to connect.
    private var inside: Set<Int> = []
    private var outside: [Shard] = []
    private var waiting: [Int: Shard] = [:]
    private static let dialLimit = 64
    /// For the next turn of the queue, and for the next budget.
    private var turnTimer: TimerToken?
    private var budgetTimer: TimerToken?
    private var isStopped = false
    /// The budget's end of which a note was made.
    private var notedEnd: Int64?
    /// The logins that the start needs: it waits until the budget has them all, rather than spend the last of it on a part of the shards.
    private var needed = 0

    init(_ info: GatewayBotInfo, ledger: IdentifyLedger, context: GatewayContext) {
        var ledger = ledger
        let now = UTCTimestamp.now().milliseconds
        ledger.update(info, at: now)
        self.ledger = ledger
        self.context = context
        self.info = info
        queue = IdentifyQueue(budget: Self.budget(ledger, info, context), interval: context.configuration.identifyInterval)
    }

    private static func budget(_ ledger: IdentifyLedger, _ info: GatewayBotInfo, _ context: GatewayContext) -> IdentifyQueue.Budget {
        let now = UTCTimestamp.now().milliseconds
        return IdentifyQueue.Budget(
            total: info.total, remaining: ledger.remaining(at: now),
            resetAt: context.reactor.now + .milliseconds(max(ledger.endsAt - now, 0)), maxConcurrency: max(info.maxConcurrency, 1))
    }

    var remaining: Int { ledger.remaining(at: UTCTimestamp.now().milliseconds) }

    /// Unix milliseconds.
    var budgetEndsAt: Int64 { ledger.endsAt }

    func update(_ info: GatewayBotInfo) {
        ledger.update(info, at: UTCTimestamp.now().milliseconds)
        self.info = info
        queue.update(Self.budget(ledger, info, context))
        pump()
        admit()
    }

    /// Before the shards start: so many of them have no session to resume.
    /// - Returns: whether the budget has that many logins left.
    func prepare(needing count: Int) -> Bool {
        needed = count
        return isSufficient
    }

    private var isSufficient: Bool { remaining > 0 && remaining >= min(needed, info.total) }

    // MARK: Connections

    func dial(_ shard: Shard) {
        outside.append(shard)
        admit()
    }

    /// The shard's login is over, well or badly.
    func leave(_ shard: Shard) {
        outside.removeAll { $0 === shard }
        inside.remove(shard.id.index)
        admit()
    }

    private func admit() {
        guard !isStopped, !outside.isEmpty else { return }
        // A connection that cannot IDENTIFY before tomorrow is not opened today.
        let left = ledger.endsAt - UTCTimestamp.now().milliseconds
        guard isSufficient else { return budgetSpent(until: context.reactor.now + .milliseconds(max(left, 0))) }
        needed = 0
        // Twice what one interval serves: those that IDENTIFY next are connected by then, and few sockets idle. And not so many that their
        // TLS handshakes keep each other from ending in time.
        while inside.count < min(2 * max(info.maxConcurrency, 1), Self.dialLimit), let index = outside.indices.min(by: { outside[$0].id.index < outside[$1].id.index }) {
            let shard = outside.remove(at: index)
            inside.insert(shard.id.index)
            shard.dial()
        }
    }

    // MARK: IDENTIFY

    func identify(_ shard: Shard) {
        waiting[shard.id.index] = shard
        queue.enqueue(shard: shard.id.index)
        pump()
    }

    func withdraw(_ shard: Shard) {
        guard waiting.removeValue(forKey: shard.id.index) != nil else { return }
        queue.cancel(shard: shard.id.index)
    }

    private func pump() {
        while true {
            switch queue.next(at: context.reactor.now) {
            case .identify(let index):
                if let shard = waiting[index] { spend(on: shard) }
            case .wait(let until):
                return pumpLater(at: until)
            case .exhausted(let until):
                return budgetSpent(until: until)
            case .idle:
                return
            }
        }
    }

    private func spend(on shard: Shard) {
        let now = UTCTimestamp.now().milliseconds
        let interval = Int64(context.configuration.identifyInterval / .milliseconds(1))
        let answer = ledger.spend(key: shard.id.index % max(info.maxConcurrency, 1), interval: interval, at: now)
        // Another process may have used some of the budget.
        queue.update(Self.budget(ledger, info, context))
        switch answer {
        case .granted(let fault):
            if let fault { context.note(nil, .stateUnusable("cannot write the identify ledger: \(fault)")) }
            waiting[shard.id.index] = nil
            shard.permitIdentify()
        case .wait(let until):
            queue.postpone(shard: shard.id.index, until: context.reactor.now + .milliseconds(until - now))
        case .spent:
            queue.enqueue(shard: shard.id.index)
        }
    }

    private func budgetSpent(until: ContinuousClock.Instant) {
        let endsAt = ledger.endsAt / 1000
        switch context.configuration.spentBudget {
        case .fail where fleet?.isOnline == false:
            fleet?.fail(.identifyBudgetSpent(needed: waiting.count + outside.count, remaining: remaining, until: endsAt))
        case .wait, .fail:
            if notedEnd != endsAt {
                context.note(nil, .waitingForIdentify(needed: max(needed, waiting.count + outside.count), remaining: remaining, until: endsAt))
            }
            notedEnd = endsAt
            if let token = budgetTimer.take() { context.reactor.cancel(token) }
            budgetTimer = context.reactor.schedule(at: until) { [weak self] in
                self?.budgetTimer = nil
                // The new budget comes with the answer, and lets them in.
                self?.fleet?.refresh()
            }
        }
    }

    private func pumpLater(at time: ContinuousClock.Instant) {
        if let token = turnTimer.take() { context.reactor.cancel(token) }
        turnTimer = context.reactor.schedule(at: time) { [weak self] in
            self?.turnTimer = nil
            self?.pump()
        }
    }

    /// Nobody is let in any more.
    func stop() {
        isStopped = true
        for token in [turnTimer.take(), budgetTimer.take()] {
            if let token { context.reactor.cancel(token) }
        }
    }
}

@available(*, unavailable) extension LoginAdmission: Sendable {}
