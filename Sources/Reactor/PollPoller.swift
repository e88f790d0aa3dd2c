#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// poll(2). The kernel keeps nothing between two waits, so the descriptors and their registrations lie in two parallel arrays.
final class PollPoller: Poller {
    private var descriptors: [pollfd] = []
    private var registrations: [Registration] = []
    /// Where a descriptor's entry lies in the two arrays.
    private var positions: [CInt: Int] = [:]

    func add(_ registration: Registration, for interest: Readiness) throws(IOFailure) {
        let entry = pollfd(fd: registration.descriptor, events: Self.events(interest), revents: 0)
        if let position = positions[registration.descriptor] {
            descriptors[position] = entry
            registrations[position] = registration
        } else {
            positions[registration.descriptor] = descriptors.count
            descriptors.append(entry)
            registrations.append(registration)
        }
    }

    func update(_ registration: Registration, from old: Readiness, to interest: Readiness) throws(IOFailure) {
        guard let position = positions[registration.descriptor] else { return }
        descriptors[position].events = Self.events(interest)
    }

    func remove(_ registration: Registration, watching interest: Readiness) {
        guard let position = positions.removeValue(forKey: registration.descriptor) else { return }
        let last = descriptors.count - 1
        if position != last {
            descriptors[position] = descriptors[last]
            registrations[position] = registrations[last]
            positions[registrations[position].descriptor] = position
        }
        descriptors.removeLast()
        registrations.removeLast()
    }

    func wait(milliseconds: CInt, into events: inout [PollEvent]) throws(IOFailure) {
        events.removeAll(keepingCapacity: true)
        var ready: CInt = 0
        var code: CInt = 0
        descriptors.withUnsafeMutableBufferPointer { buffer in
            ready = poll(buffer.baseAddress, nfds_t(buffer.count), milliseconds)
            code = errno
        }
        guard ready >= 0 else {
            if code == EINTR { return }
            throw IOFailure(call: "poll", code: code)
        }
        var position = 0
        while ready > 0, position < descriptors.count {
            let returned = CInt(descriptors[position].revents)
            if returned != 0 {
                ready -= 1
                var readiness: Readiness = []
                if returned & CInt(POLLIN) != 0 { readiness.insert(.readable) }
                if returned & CInt(POLLOUT) != 0 { readiness.insert(.writable) }
                if returned & CInt(POLLERR | POLLHUP | POLLNVAL) != 0 { readiness.insert(.failed) }
                events.append(PollEvent(registration: registrations[position], readiness: readiness))
            }
            position += 1
        }
    }

    private static func events(_ interest: Readiness) -> CShort {
        (interest.contains(.readable) ? CShort(POLLIN) : 0) | (interest.contains(.writable) ? CShort(POLLOUT) : 0)
    }
}
