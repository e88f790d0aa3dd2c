import GatewayProtocol
import Reactor

// Keeping resume points on disk while the shards run.
extension ShardFleet {
    /// How far behind a saved sequence may be while events flow. A crash repeats the events of that time.
    private static let checkpointInterval = Duration.seconds(5)

    /// A new session, or the end of one, is written down in this turn, so that a process that crashes at once can still resume it; progress
    /// within a session is written at intervals.
    func keep(_ point: ResumePoint?, of shard: Shard) {
        guard let sessions else { return }
        let now = UTCTimestamp.now().milliseconds
        let isSameSession = point != nil && sessions.point(of: shard.id, at: now)?.sessionID == point?.sessionID
        self.sessions?.set(point, of: shard.id, at: now)
        if isSameSession || point == nil && shard.session.phase == .stopped {
            checkpointLater()
        } else if !savesNextTurn {
            savesNextTurn = true
            context.reactor.nextTurn { [weak self] in
                self?.savesNextTurn = false
                self?.saveSessions()
                self?.checkpointLater()
            }
        }
    }

    /// The timer runs only while sequences move; the next heartbeat after a move starts it again.
    private func checkpointLater() {
        guard checkpointTimer == nil, case .running = state else { return }
        checkpointTimer = context.reactor.schedule(after: Self.checkpointInterval) { [weak self] in
            guard let self else { return }
            checkpointTimer = nil
            if collectProgress() {
                saveSessions()
                checkpointLater()
            }
        }
    }

    private func collectProgress() -> Bool {
        let now = UTCTimestamp.now().milliseconds
        var moved = false
        for shard in shards {
            if let point = shard.session.resumePoint, sessions?.set(point, of: shard.id, at: now) == true { moved = true }
        }
        return moved
    }

    func saveSessions() {
        do throws(IOFailure) { try sessions?.save() } catch {
            context.note(nil, .stateUnusable("cannot save the sessions: \(error)"))
        }
    }
}
