@testable import Reactor
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Notes how long the loop wanted to wait each time: a loop that spins waits often.
final class RecordingPoller: Poller {
    private let inner: any Poller
    private(set) var waits: [CInt] = []

    init(_ inner: any Poller) {
        self.inner = inner
    }

    func add(_ registration: Registration, for interest: Readiness) throws(IOFailure) {
        try inner.add(registration, for: interest)
    }

    func update(_ registration: Registration, from old: Readiness, to interest: Readiness) throws(IOFailure) {
        try inner.update(registration, from: old, to: interest)
    }

    func remove(_ registration: Registration, watching interest: Readiness) {
        inner.remove(registration, watching: interest)
    }

    func wait(milliseconds: CInt, into events: inout [PollEvent]) throws(IOFailure) {
        waits.append(milliseconds)
        try inner.wait(milliseconds: milliseconds, into: &events)
    }
}
