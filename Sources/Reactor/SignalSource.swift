import Synchronization
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Where the signal handler writes; -1 while no source is alive. A handler may touch atomics and call `write`, and nothing else here.
private let signalPipe = Atomic<CInt>(-1)

/// Turns signals into events of a reactor.
///
/// A handler writes the signal's number into a pipe that the reactor reads, so the choice of which thread the kernel
/// interrupts does not matter (a signalfd would need the signals blocked in every thread, those of libraries included).
/// A process has one source at a time.
package final class SignalSource: ReadinessHandler {
    private let reactor: Reactor
    private let received: (Signal) -> Void
    private let pipe: Pipe
    private let previous: [(signal: Signal, action: sigaction)]
    private var registration: Registration?

    /// Calls `received` on the loop for each signal of `signals` until `cancel`, and lives until then.
    ///
    /// SIGPIPE is ignored from here on, for good: a peer that went away is told by `EPIPE`. Signals of one kind that come faster
    /// than the kernel delivers them count as one.
    package init(_ signals: Set<Signal>, on reactor: Reactor, received: @escaping (Signal) -> Void) throws(IOFailure) {
        Self.ignoreBrokenPipe()
        pipe = try Pipe()
        let (isFirst, _) = signalPipe.compareExchange(expected: -1, desired: pipe.writeEnd.rawValue, ordering: .sequentiallyConsistent)
        precondition(isFirst, "a process has one SignalSource at a time")
        self.reactor = reactor
        self.received = received
        previous = signals.map { ($0, Self.install(handleSignal, for: $0.number)) }
        registration = try reactor.register(pipe.readEnd.rawValue, for: .readable, handler: self)
    }

    /// Gives the signals back to what they did before. Idempotent.
    package func cancel() {
        guard let registration = registration.take() else { return }
        reactor.unregister(registration)
        for (signal, action) in previous {
            var action = action
            sigaction(signal.number, &action, nil)
        }
        signalPipe.store(-1, ordering: .sequentiallyConsistent)
    }

    package func ready(_ readiness: Readiness) {
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
            let count = read(pipe.readEnd.rawValue, buffer.baseAddress, buffer.count)
            for number in buffer.prefix(max(count, 0)) {
                guard registration != nil, let signal = Signal.allCases.first(where: { $0.number == CInt(number) }) else { continue }
                received(signal)
            }
        }
    }

    /// Lets a write to a closed pipe or socket fail with `EPIPE` instead of ending the process.
    package static func ignoreBrokenPipe() {
        _ = install(SIG_IGN, for: SIGPIPE)
    }

    @discardableResult
    private static func install(_ handler: (@convention(c) (CInt) -> Void)?, for signal: CInt) -> sigaction {
        var action = sigaction()
        var previous = sigaction()
        #if canImport(Glibc)
        action.__sigaction_handler.sa_handler = handler
        #else
        action.__sigaction_u.__sa_handler = handler
        #endif
        // Calls that the signal interrupts go on by themselves, in threads and libraries that know nothing of us too.
        action.sa_flags = CInt(SA_RESTART)
        sigemptyset(&action.sa_mask)
        sigaction(signal, &action, &previous)
        return previous
    }
}

/// Runs wherever the signal struck: no locks, no allocation, and `errno` left as it was.
private func handleSignal(_ number: CInt) {
    let saved = errno
    var byte = UInt8(truncatingIfNeeded: number)
    // A full pipe holds more signals than anyone could have meant.
    _ = write(signalPipe.load(ordering: .sequentiallyConsistent), &byte, 1)
    errno = saved
}

@available(*, unavailable)
extension SignalSource: Sendable {}
