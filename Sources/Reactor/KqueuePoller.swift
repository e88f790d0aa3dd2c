#if canImport(Darwin)
import Darwin

/// kqueue(2). Reading and writing are two filters of a descriptor; the generation travels in the event's user data.
final class KqueuePoller: Poller {
    private let queue: Descriptor
    private let ready: UnsafeMutableBufferPointer<kevent>

    init() throws(IOFailure) {
        queue = Descriptor(try Syscall.run("kqueue") { kqueue() })
        ready = .allocate(capacity: 256)
        ready.initialize(repeating: kevent())
    }

    deinit {
        ready.deallocate()
    }

    func add(_ registration: Registration, for interest: Readiness) throws(IOFailure) {
        try change(registration, from: [], to: interest)
    }

    func update(_ registration: Registration, from old: Readiness, to interest: Readiness) throws(IOFailure) {
        try change(registration, from: old, to: interest)
    }

    func remove(_ registration: Registration, watching interest: Readiness) {
        // A descriptor that was closed before has left the queue by itself; then there is nothing to end.
        for filter in [Readiness.readable, .writable] where interest.contains(filter) {
            var event = Self.event(registration, filter, EV_DELETE)
            _ = kevent(queue.rawValue, &event, 1, nil, 0, nil)
        }
    }

    func wait(milliseconds: CInt, into events: inout [PollEvent]) throws(IOFailure) {
        events.removeAll(keepingCapacity: true)
        var timeout = timespec(tv_sec: Int(milliseconds / 1000), tv_nsec: Int(milliseconds % 1000) * 1_000_000)
        let count: CInt
        if milliseconds < 0 {
            count = kevent(queue.rawValue, nil, 0, ready.baseAddress, CInt(ready.count), nil)
        } else {
            count = kevent(queue.rawValue, nil, 0, ready.baseAddress, CInt(ready.count), &timeout)
        }
        let code = errno
        guard count >= 0 else {
            if code == EINTR { return }
            throw IOFailure(call: "kevent", code: code)
        }
        for event in ready[..<Int(count)] {
            let registration = Registration(
                descriptor: CInt(truncatingIfNeeded: event.ident), generation: UInt32(truncatingIfNeeded: UInt(bitPattern: event.udata)))
            var readiness: Readiness = Int32(event.filter) == EVFILT_WRITE ? .writable : .readable
            // The end of the reading side alone is no failure: what came before it is still to be read.
            if event.flags & UInt16(EV_EOF) != 0, event.fflags != 0 || readiness == .writable { readiness.insert(.failed) }
            events.append(PollEvent(registration: registration, readiness: readiness))
        }
    }

    private func change(_ registration: Registration, from old: Readiness, to interest: Readiness) throws(IOFailure) {
        for filter in [Readiness.readable, .writable] where old.contains(filter) != interest.contains(filter) {
            var event = Self.event(registration, filter, interest.contains(filter) ? EV_ADD : EV_DELETE)
            let queue = queue.rawValue
            try Syscall.run("kevent") { kevent(queue, &event, 1, nil, 0, nil) }
        }
    }

    private static func event(_ registration: Registration, _ filter: Readiness, _ action: CInt) -> kevent {
        kevent(
            ident: UInt(registration.descriptor), filter: Int16(filter == .readable ? EVFILT_READ : EVFILT_WRITE),
            flags: UInt16(action), fflags: 0, data: 0, udata: UnsafeMutableRawPointer(bitPattern: UInt(registration.generation)))
    }
}
#endif
