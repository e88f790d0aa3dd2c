internal import Reactor

/// Keeps the gateway from running ahead of the scripts: while much is waiting for them the connections are not read, and what comes waits in the
/// kernel's buffers and at the server. So memory stays small and warm, and a burst sheds nothing.
///
/// A script that hangs does not stop the gateway: after `patience` it is read from again, whatever waits, until the scripts have caught up.
/// Confined to the reactor thread.
final class DeliveryPace {
    /// Waiting bytes from which on the scripts are behind.
    static let highWater = 1 << 20
    /// Well below a heartbeat's interval, for acknowledgements are among what is not read.
    static let patience = Duration.seconds(2)

    /// What the pace is kept of and with.
    struct Road {
        /// Bytes that wait for the scripts.
        let waitingBytes: () -> Int
        /// Opens and closes the tap.
        let setReceiving: (Bool) -> Void
        /// Calls back, on the reactor thread, once the scripts have handled all that waits now.
        let onceHandled: (@escaping () -> Void) -> Void
    }

    private enum State {
        case flowing
        case held(patienceEnds: TimerToken)
        /// Patience has ended, and the scripts have not caught up yet.
        case overrun
    }

    private let reactor: Reactor
    private let road: Road
    private let patience: Duration
    private var state = State.flowing
    private var sinceLook = 0

    init(_ road: Road, on reactor: Reactor, patience: Duration = patience) {
        self.road = road
        self.reactor = reactor
        self.patience = patience
    }

    /// Notes an event of this many bytes that was queued for the scripts.
    func delivered(_ byteCount: Int) {
        sinceLook += byteCount
        // Asking what waits costs a lock; what came since the last look is all that can have been added.
        guard sinceLook >= Self.highWater / 2 else { return }
        sinceLook = 0
        guard case .flowing = state, road.waitingBytes() >= Self.highWater else { return }
        state = .held(
            patienceEnds: reactor.schedule(after: patience) { [unowned self] in
                state = .overrun
                road.setReceiving(true)
            })
        road.setReceiving(false)
        road.onceHandled { [weak self] in self?.caughtUp() }
    }

    private func caughtUp() {
        if case .held(let timer) = state {
            reactor.cancel(timer)
            road.setReceiving(true)
        }
        state = .flowing
    }
}

@available(*, unavailable)
extension DeliveryPace: Sendable {}
