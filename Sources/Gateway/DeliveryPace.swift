package import Reactor

/// Keeps the gateway from running ahead of the handlers: while much is waiting for them the connections are not read, and what comes waits in the
/// kernel's buffers and at the server. So memory stays small and warm, and a burst sheds nothing.
///
/// A handler that hangs does not stop the gateway: after a while it is read from again, whatever waits, until the handlers have caught up.
/// Confined to the reactor thread.
package final class DeliveryPace {
    /// Waiting bytes from which on the handlers are behind.
    package static let highWater = 1 << 20

    /// How long handlers are waited for.
    package struct Patience: Equatable {
        /// At a time. Well below a heartbeat's interval, for acknowledgements are among what is not read.
        let length: Duration
        /// After they were waited for in vain, they are not for this long.
        let rest: Duration

        package init(length: Duration, rest: Duration = .zero) {
            self.length = length
            self.rest = rest
        }

        /// With those who have the gateway to themselves.
        package static let alone = Patience(length: .seconds(2))
        /// With those who keep it from others meanwhile: enough for a burst that all can follow, and no brake for one that hangs.
        package static let amongOthers = Patience(length: .milliseconds(250), rest: .seconds(60))
    }

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
    /// How long the handlers are waited for the next time.
    package var patience: Patience {
        didSet { if patience.rest == .zero { restEnds = nil } }
    }
    private var state = State.flowing
    private var sinceLook = 0
    /// They are not waited for until then.
    private var restEnds: ContinuousClock.Instant?

    package init(on reactor: Reactor, patience: Patience = .alone) {
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
        if let restEnds, reactor.now < restEnds { return }
        state = .held(
            patienceEnds: reactor.schedule(after: patience.length) { [unowned self] in
                state = .overrun
                restEnds = reactor.now + patience.rest
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

    /// Ends the wait, for handlers that are gone. Nothing is waited for any more.
    package func end() {
        caughtUp()
        road = nil
    }
}

@available(*, unavailable)
extension DeliveryPace: Sendable {}
