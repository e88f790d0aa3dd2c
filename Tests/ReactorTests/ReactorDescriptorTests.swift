import Testing
@testable import Reactor
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite("Reactor: descriptors", .timeLimit(.minutes(2))) struct ReactorDescriptorTests {
    @Test("readiness is reported again until it is dealt with", arguments: PollerKind.allCases)
    func levelTriggered(_ kind: PollerKind) throws {
        let pair = try SocketPair()
        let descriptor = pair.near
        let calls = Box(0)
        try runReactor(kind) { reactor in
            _ = try reactor.register(descriptor, for: .readable, handler: Handler { readiness in
                #expect(readiness == .readable)
                calls.value += 1
                if calls.value == 3 { reactor.handle.stop() }
            })
            pair.poke()
        }
        #expect(calls.value == 3)
        withExtendedLifetime(pair) {}
    }

    @Test("a registration hears only what it asked for, and what it asks for later", arguments: PollerKind.allCases)
    func interest(_ kind: PollerKind) throws {
        let pair = try SocketPair()
        let descriptor = pair.near
        let heard = Box<[Readiness]>([])
        try runReactor(kind) { reactor in
            let registration = Box<Registration?>(nil)
            registration.value = try reactor.register(descriptor, for: .readable, handler: Handler { readiness in
                heard.value.append(readiness)
                switch heard.value.count {
                case 1: reactor.update(registration.value!, for: .writable)
                case 2: reactor.update(registration.value!, for: [.readable, .writable])
                case 3:
                    reactor.update(registration.value!, for: [])
                    reactor.schedule(after: .milliseconds(5)) { reactor.handle.stop() }
                default: Issue.record("a registration without interest was called")
                }
            })
            pair.poke()
        }
        // kqueue tells of the two directions one after the other.
        #expect(heard.value.prefix(2) == [.readable, .writable])
        #if os(Linux)
        #expect(heard.value == [.readable, .writable, [.readable, .writable]])
        #endif
        withExtendedLifetime(pair) {}
    }

    @Test("a peer that is gone is reported as readable or failed", arguments: PollerKind.allCases)
    func hangUp(_ kind: PollerKind) throws {
        let pair = try SocketPair()
        let descriptor = pair.near
        let heard = Box<Readiness>([])
        pair.closeFar()
        try runReactor(kind) { reactor in
            _ = try reactor.register(descriptor, for: .readable, handler: Handler { readiness in
                heard.value = readiness
                reactor.handle.stop()
            })
        }
        #expect(!heard.value.isDisjoint(with: [.readable, .failed]))
        withExtendedLifetime(pair) {}
    }

    @Test("unregistering another descriptor takes effect for events already fetched", arguments: PollerKind.allCases)
    func unregisterOther(_ kind: PollerKind) throws {
        let first = try SocketPair()
        let second = try SocketPair()
        let descriptors = [first.near, second.near]
        let calls = Box(0)
        try runReactor(kind) { reactor in
            let registrations = Box<[Registration]>([])
            for descriptor in descriptors {
                registrations.value.append(try reactor.register(descriptor, for: .readable, handler: Handler { _ in
                    calls.value += 1
                    for registration in registrations.value {
                        reactor.unregister(registration)
                        reactor.unregister(registration)
                    }
                    reactor.schedule(after: .milliseconds(5)) { reactor.handle.stop() }
                }))
            }
            first.poke()
            second.poke()
        }
        #expect(calls.value == 1)
        
        withExtendedLifetime((first, second)) {}
    }

    @Test("an event fetched for a closed descriptor never reaches the next owner of its number", arguments: PollerKind.allCases)
    func descriptorReuse(_ kind: PollerKind) throws {
        // Both are readable in one batch. The first to be called closes the other and puts a new, silent socket in its place,
        // under the same number and with a registration of its own.
        let first = try SocketPair()
        let second = try SocketPair()
        let silent = try SocketPair()
        let numbers = [first.near, second.near]
        let silentNumber = silent.near
        let called = Box<[CInt]>([])
        try runReactor(kind) { reactor in
            let registrations = Box<[Registration]>([])
            for number in numbers {
                registrations.value.append(try reactor.register(number, for: .readable, handler: Handler { _ in
                    called.value.append(number)
                    let other = number == numbers[0] ? numbers[1] : numbers[0]
                    for registration in registrations.value { reactor.unregister(registration) }
                    // dup2 closes the number and gives it to the silent socket in one step, which makes the reuse certain.
                    #expect(dup2(silentNumber, other) == other)
                    do throws(IOFailure) {
                        let next = try reactor.register(other, for: .readable, handler: Handler { _ in
                            Issue.record("the new owner was given the event of the old one")
                        })
                        #expect(!registrations.value.contains(next))
                    } catch {
                        Issue.record(error)
                    }
                    reactor.schedule(after: .milliseconds(5)) { reactor.handle.stop() }
                }))
            }
            first.poke()
            second.poke()
        }
        #expect(called.value.count == 1)
        withExtendedLifetime((first, second, silent)) {}
    }

    @Test("a descriptor closed before it was unregistered does no harm to the next owner of its number", arguments: PollerKind.allCases)
    func closedEarly(_ kind: PollerKind) throws {
        let first = try SocketPair()
        let second = try SocketPair()
        let number = first.near
        let calls = Box(0)
        try runReactor(kind) { reactor in
            let stale = try reactor.register(number, for: .readable, handler: Handler { _ in Issue.record("the old owner was called") })
            #expect(dup2(second.near, number) == number)
            _ = try reactor.register(number, for: .readable, handler: Handler { _ in
                calls.value += 1
                reactor.handle.stop()
            })
            reactor.update(stale, for: [])
            reactor.unregister(stale)
            second.poke()
        }
        #expect(calls.value == 1)
        withExtendedLifetime((first, second)) {}
    }

    @Test("a registration keeps its handler alive until it ends, and the end of the loop ends it", arguments: PollerKind.allCases)
    func handlersAreReleased(_ kind: PollerKind) throws {
        let first = try SocketPair()
        let second = try SocketPair()
        weak var ended: Handler?
        weak var left: Handler?
        try runReactor(kind) { reactor in
            func registered(_ descriptor: CInt) throws -> (Registration, Handler) {
                let handler = Handler { _ in }
                return (try reactor.register(descriptor, for: .readable, handler: handler), handler)
            }
            let registration: Registration
            do {
                let (kept, handler) = try registered(first.near)
                registration = kept
                ended = handler
                left = try registered(second.near).1
            }
            #expect(ended != nil)
            #expect(left != nil)
            reactor.unregister(registration)
            #expect(ended == nil)
            reactor.handle.stop()
        }
        #expect(left == nil)
        withExtendedLifetime((first, second)) {}
    }

    #if os(Linux)
    @Test("epoll refuses a regular file with a failure that says so") func regularFile() throws {
        let file = Descriptor(open("/proc/self/exe", O_RDONLY | O_CLOEXEC))
        let reactor = try Reactor(poller: .epoll)
        #expect(throws: IOFailure(call: "epoll_ctl", code: EPERM)) {
            _ = try reactor.register(file.rawValue, for: .readable, handler: Handler { _ in })
        }
    }
    #endif

    @Test("touching a reactor off its thread ends the process") func confinement() async {
        await #expect(processExitsWith: .failure) {
            let reactor = try Reactor()
            let bound = LoopBound(1, on: reactor)
            try Thread.start(name: "stranger", stackSize: 256 * 1024) { _ = bound.value }.join()
        }
    }
}
