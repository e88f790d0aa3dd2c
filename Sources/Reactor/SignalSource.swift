import Synchronization
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Where the signal handler writes; -1 until the first source is made.
///
/// The pipe is never closed: a handler in another thread may be about to write to it at any time, and its byte must not land
/// in a stranger's descriptor that got the number.
private let signalPipeWriteEnd = Atomic<CInt>(-1)
private let signalPipe = Mutex(SignalPipe())

private struct SignalPipe {
    var readEnd: CInt?
    var isTaken = false
}

/// Turns signals into events of a reactor.
///
/// A handler writes the signal's number into a pipe that the reactor reads, so the choice of which thread the kernel
/// interrupts does not matter (a signalfd would need the signals blocked in every thread, those of libraries included).
/// A process has one source at a time.
package final class SignalSource: ReadinessHandler {
    private let reactor: Reactor
    /// `nil` once cancelled: a closure that refers to its own source must not keep both for ever.
    private var received: ((Signal) -> Void)?
    private let readEnd: CInt
    private var previous: [(signal: Signal, action: sigaction)] = []
    /// `nil` once cancelled.
    private var registration: Registration?

    /// Calls `received` on the loop for each signal of `signals` until `cancel`, and lives until then.
    ///
    /// SIGPIPE is ignored from here on, for good: a peer that went away is told by `EPIPE`. Signals of one kind that come faster
    /// than the kernel delivers them count as one.
    package init(_ signals: Set<Signal>, on reactor: Reactor, received: @escaping (Signal) -> Void) throws(IOFailure) {
        Self.ignoreBrokenPipe()
        self.reactor = reactor
        self.received = received
        readEnd = try Self.takePipe()
        do throws(IOFailure) {
            registration = try reactor.register(readEnd, for: .readable, handler: self)
        } catch {
            Self.returnPipe()
            throw error
        }
        previous = signals.map { ($0, Self.install(handleSignal, for: $0.number)) }
    }

    /// Gives the signals back to what they did before. Idempotent.
    package func cancel() {
        guard let registration = registration.take() else { return }
        reactor.unregister(registration)
        received = nil
        restoreSignals()
    }

    deinit {
        // A reactor that has ended let go of the source; Ctrl-C must mean what it meant before.
        if registration != nil { restoreSignals() }
    }

    package func ready(_ readiness: Readiness) {
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
            let count = read(readEnd, buffer.baseAddress, buffer.count)
            for number in buffer.prefix(max(count, 0)) {
                guard registration != nil, let signal = Signal.allCases.first(where: { $0.number == CInt(number) }) else { continue }
                received?(signal)
            }
        }
    }

    /// Lets a write to a closed pipe or socket fail with `EPIPE` instead of ending the process.
    package static func ignoreBrokenPipe() {
        _ = install(SIG_IGN, for: SIGPIPE)
    }

    private func restoreSignals() {
        for (signal, action) in previous {
            var action = action
            sigaction(signal.number, &action, nil)
        }
        Self.returnPipe()
    }

    private static func takePipe() throws(IOFailure) -> CInt {
        try signalPipe.withLock { shared throws(IOFailure) in
            precondition(!shared.isTaken, "a process has one SignalSource at a time")
            if shared.readEnd == nil {
                let pipe = try Pipe()
                let (readEnd, writeEnd) = pipe.release()
                shared.readEnd = readEnd
                signalPipeWriteEnd.store(writeEnd, ordering: .releasing)
            }
            shared.isTaken = true
            return shared.readEnd!
        }
    }

    /// Leaves the pipe empty for the next source.
    private static func returnPipe() {
        signalPipe.withLock { shared in
            var byte: UInt8 = 0
            while let readEnd = shared.readEnd, read(readEnd, &byte, 1) == 1 {}
            shared.isTaken = false
        }
    }

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
    _ = write(signalPipeWriteEnd.load(ordering: .acquiring), &byte, 1)
    errno = saved
}

@available(*, unavailable)
extension SignalSource: Sendable {}
