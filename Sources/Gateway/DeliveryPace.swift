package import Reactor

/// Keeps the gateway from running ahead of the handlers: while much is waiting for them the connections are not read, and what comes waits in the
/// kernel's buffers and at the server. So memory stays small and warm, and a burst sheds nothing.
///
/// A handler that hangs does not stop the gateway: after `patience` it is read from again, whatever waits, until the handlers have caught up.
/// Confined to the reactor thread.
package final class DeliveryPace {
    /// Waiting bytes from which on the handlers are behind.
    package static let highWater = 1 << 20
    /// Well below a heartbeat's interval, for acknowledgements are among what is not read.
    package static let patience = Duration.seconds(2)

    /// What the pace is kept of and with.
    package struct Road {
        let waitingBytes: () -> Int
        let setReceiving: (Bool) -> Void
        let onceHandled: (@escaping () -> Void) -> Void

        /// - Parameters:
        ///   - waitingBytes: how many bytes wait for the handlers.
        ///   - setReceiving: opens and closes the tap.
        ///   - onceHandled: calls back, on the reactor thread, once the handlers have taken all that waits now.
        package init(
            waitingBytes: @escaping () -> Int, setReceiving: @escaping (Bool) -> Void, onceHandled: @escaping (@escaping () -> Void) -> Void
        ) {
            self.waitingBytes = waitingBytes
            self.setReceiving = setReceiving
            self.onceHandled = onceHandled
        }
    }

    private enum State {
        case flowing
        case held(patienceEnds: TimerToken)
        /// Patience has ended, and the handlers have not caught up yet.
        case overrun
    }

    private let reactor: Reactor
    /// Until it is set the pace is not kept.
    package var road: Road?
    private let patience: Duration
    private var state = State.flowing
    private var sinceLook = 0

    package init(on reactor: Reactor, patience: Duration = patience) {
        self.reactor = reactor
        self.patience = patience
    }

    /// Notes an event of this many bytes that was queued for the handlers.
    package func delivered(_ byteCount: Int) {
        sinceLook += byteCount
        // Asking what waits costs a lock; what came since the last look is all that can have been added.
        guard sinceLook >= Self.highWater / 2 else { return }
        sinceLook = 0
        guard case .flowing = state, let road, road.waitingBytes() >= Self.highWater else { return }
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
            road?.setReceiving(true)
        }
        state = .flowing
    }
}

@available(*, unavailable)
extension DeliveryPace: Sendable {}
