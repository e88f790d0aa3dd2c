#if os(Linux)
import CLinux
import Glibc

/// epoll(7). The descriptor and its generation travel in the event's 64 bits of user data.
final class EpollPoller: Poller {
    private let epoll: Descriptor
    private let ready: UnsafeMutableBufferPointer<epoll_event>

    init() throws(IOFailure) {
        epoll = Descriptor(try Syscall.run("epoll_create1") { epoll_create1(clinux_epoll_cloexec) })
        // As many as one turn serves; what does not fit comes with the next wait.
        ready = .allocate(capacity: 256)
        ready.initialize(repeating: epoll_event())
    }

    deinit {
        ready.deallocate()
    }

    func add(_ registration: Registration, for interest: Readiness) throws(IOFailure) {
        do throws(IOFailure) {
            try control(EPOLL_CTL_ADD, registration, interest)
        } catch where error.code == EEXIST {
            try control(EPOLL_CTL_MOD, registration, interest)
        }
    }

    func update(_ registration: Registration, from old: Readiness, to interest: Readiness) throws(IOFailure) {
        try control(EPOLL_CTL_MOD, registration, interest)
    }

    func remove(_ registration: Registration, watching interest: Readiness) {
        var event = epoll_event()
        // Not through `Syscall`: a descriptor closed before is no longer watched, which is all that is wanted here.
        _ = epoll_ctl(epoll.rawValue, EPOLL_CTL_DEL, registration.descriptor, &event)
    }

    func wait(milliseconds: CInt, into events: inout [PollEvent]) throws(IOFailure) {
        events.removeAll(keepingCapacity: true)
        // Not through `Syscall`: after an interruption the reactor has to compute the timeout anew.
        // The buffer is never empty, so it has an address; newer C libraries insist on one.
        let count = epoll_wait(epoll.rawValue, ready.baseAddress!, CInt(ready.count), milliseconds)
        let code = errno
        guard count >= 0 else {
            if code == EINTR { return }
            throw IOFailure(call: "epoll_wait", code: code)
        }
        for event in ready[..<Int(count)] {
            var readiness: Readiness = []
            if event.events & clinux_epollin != 0 { readiness.insert(.readable) }
            if event.events & clinux_epollout != 0 { readiness.insert(.writable) }
            if event.events & (clinux_epollerr | clinux_epollhup) != 0 { readiness.insert(.failed) }
            let registration = Registration(
                descriptor: CInt(truncatingIfNeeded: event.data.u64),
                generation: UInt32(truncatingIfNeeded: event.data.u64 >> 32))
            events.append(PollEvent(registration: registration, readiness: readiness))
        }
    }

    private func control(_ operation: CInt, _ registration: Registration, _ interest: Readiness) throws(IOFailure) {
        var event = epoll_event()
        if interest.contains(.readable) { event.events |= clinux_epollin }
        if interest.contains(.writable) { event.events |= clinux_epollout }
        event.data.u64 = UInt64(registration.generation) << 32 | UInt64(UInt32(bitPattern: registration.descriptor))
        let epoll = epoll.rawValue
        try Syscall.run("epoll_ctl") { epoll_ctl(epoll, operation, registration.descriptor, &event) }
    }
}
#endif
