import Testing
@testable import Reactor
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite("Reactor", .timeLimit(.minutes(2))) struct ReactorTests {
    // MARK: Timers

    @Test("timers fire by deadline, whatever the order of scheduling", arguments: PollerKind.allCases)
    func timerOrder(_ kind: PollerKind) throws {
        let fired = Box<[Int]>([])
        try runReactor(kind) { reactor in
            for offset in [30, 10, 20, 0] {
                reactor.schedule(after: .milliseconds(offset)) { fired.value.append(offset) }
            }
            reactor.schedule(after: .milliseconds(40)) { reactor.handle.stop() }
        }
        #expect(fired.value == [0, 10, 20, 30])
    }

    @Test("a cancelled timer does not fire, not even when it is due in the same turn", arguments: PollerKind.allCases)
    func cancelInCallback(_ kind: PollerKind) throws {
        let fired = Box<[String]>([])
        try runReactor(kind) { reactor in
            let deadline = reactor.now + .milliseconds(5)
            let second = Box<TimerToken?>(nil)
            let own = Box<TimerToken?>(nil)
            own.value = reactor.schedule(at: deadline) {
                fired.value.append("first")
                reactor.cancel(second.value!)
                reactor.cancel(own.value!)
            }
            second.value = reactor.schedule(at: deadline) { fired.value.append("cancelled") }
            reactor.schedule(at: deadline) {
                fired.value.append("third")
                reactor.cancel(second.value!)
                reactor.handle.stop()
            }
        }
        #expect(fired.value == ["first", "third"])
    }

    @Test("a moved timer fires once, at its new deadline", arguments: PollerKind.allCases)
    func reschedule(_ kind: PollerKind) throws {
        let fired = Box<[String]>([])
        try runReactor(kind) { reactor in
            let start = reactor.now
            let moved = reactor.schedule(at: start + .milliseconds(1)) {
                fired.value.append("moved")
                reactor.handle.stop()
            }
            reactor.schedule(at: start + .milliseconds(2)) { fired.value.append("fixed") }
            #expect(reactor.reschedule(moved, at: start + .milliseconds(6)))
        }
        #expect(fired.value == ["fixed", "moved"])
    }

    @Test("a timer that always schedules the next one for now leaves room for descriptors and jobs", arguments: PollerKind.allCases)
    func timersDoNotStarve(_ kind: PollerKind) throws {
        let pair = try SocketPair()
        let readable = pair.near
        let seen = Box<Set<String>>([])
        let finished = Box(false)
        try runReactor(kind) { reactor in
            func again() {
                guard !finished.value else { return }
                reactor.schedule(at: reactor.now) { again() }
            }
            again()
            func note(_ name: String) {
                seen.value.insert(name)
                guard seen.value.count == 2 else { return }
                finished.value = true
                reactor.handle.stop()
            }
            _ = try reactor.register(readable, for: .readable, handler: Handler { _ in note("descriptor") })
            let note = LoopBound(note, on: reactor)
            reactor.handle.post { note.value("job") }
            pair.poke()
        }
        #expect(seen.value == ["descriptor", "job"])
        withExtendedLifetime(pair) {}
    }

    @Test("a timer keeps what it captured only until it fired or was cancelled")
    func timersLetGo() throws {
        try runReactor { reactor in
            weak var captured: Box<Int>?
            var token: TimerToken?
            do {
                let box = Box(1)
                captured = box
                token = reactor.schedule(after: .seconds(60)) { box.value += 1 }
            }
            #expect(captured != nil)
            reactor.cancel(token!)
            #expect(captured == nil)
            reactor.handle.stop()
        }
    }

    @Test("time stands still within a turn") func turnTime() throws {
        try runReactor { reactor in
            reactor.schedule(after: .milliseconds(1)) {
                let before = reactor.now
                while ContinuousClock.now <= before {}
                #expect(reactor.now == before)
                reactor.schedule(after: .zero) {
                    #expect(reactor.now > before)
                    reactor.handle.stop()
                }
            }
        }
    }

    // MARK: Waiting

    @Test("with nothing to do the loop waits without end, with a timer no longer and no shorter than until it is due")
    func waits() throws {
        let poller = RecordingPoller(try PollerKind.platformDefault.makePoller())
        let reactor = try Reactor(poller: poller)
        let handle = reactor.handle
        let thread = try Thread.start(name: "stopper", stackSize: 256 * 1024) {
            handle.post { reactor in
                reactor.schedule(after: .milliseconds(20)) { reactor.handle.stop() }
            }
        }
        reactor.run()
        thread.join()
        // Until the job came, and then until the timer was due; nothing in between but the end.
        #expect(poller.waits.first == -1)
        #expect(poller.waits.count <= 3)
        #expect((1...20).contains(poller.waits.last ?? 0))
    }

    @Test("a timer further off than a poller can wait for is waited for in parts", arguments: [
        .milliseconds(Int64(CInt.max) + 1000), .seconds(Int64.max / 1000) + .milliseconds(999), .seconds(Int64.max),
    ] as [Duration])
    func distantTimer(delay: Duration) throws {
        let poller = RecordingPoller(try PollerKind.platformDefault.makePoller())
        let reactor = try Reactor(poller: poller)
        reactor.schedule(after: delay) { Issue.record("a timer that is due in the distant future has fired") }
        reactor.handle.stop()
        reactor.run()
        #expect(poller.waits == [.max])
    }

    // MARK: Jobs

    @Test("jobs of many threads all run, each thread's in its order", arguments: PollerKind.allCases)
    func manyPosters(_ kind: PollerKind) throws {
        let posters = 6
        let jobsEach = 5000
        let received = Box([Int](repeating: 0, count: posters))
        var threads: [Thread] = []
        try runReactor(kind) { reactor in
            let handle = reactor.handle
            let receive = LoopBound({ (poster: Int, number: Int) in
                #expect(received.value[poster] == number)
                received.value[poster] += 1
                if received.value.allSatisfy({ $0 == jobsEach }) { handle.stop() }
            }, on: reactor)
            threads = try (0..<posters).map { poster in
                try Thread.start(name: "poster", stackSize: 256 * 1024) {
                    for number in 0..<jobsEach { handle.post { receive.value(poster, number) } }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(received.value == [Int](repeating: jobsEach, count: posters))
    }

    @Test("jobs posted before stop run, jobs posted after it are refused") func stopping() throws {
        let reactor = try Reactor()
        let handle = reactor.handle
        let ran = Box<[String]>([])
        let note = LoopBound({ (name: String) in ran.value.append(name) }, on: reactor)
        #expect(handle.post { note.value("before") })
        handle.stop()
        handle.stop()
        #expect(!handle.post { note.value("after") })
        reactor.run()
        #expect(ran.value == ["before"])
        #expect(!handle.post {})
    }

    @Test("a job posted by a job waits for the next turn, so that jobs cannot hold the loop", arguments: PollerKind.allCases)
    func jobsDoNotStarve(_ kind: PollerKind) throws {
        let turns = Box<[ContinuousClock.Instant]>([])
        try runReactor(kind) { reactor in
            let handle = reactor.handle
            let step = Box<() -> Void>({})
            let bound = LoopBound(step, on: reactor)
            step.value = {
                turns.value.append(reactor.now)
                if turns.value.count == 3 { handle.stop() } else { handle.post { bound.value.value() } }
            }
            handle.post { bound.value.value() }
        }
        #expect(Set(turns.value).count == 3)
    }

    @Test("an action for the next turn runs after its caller has returned, in order") func nextTurn() throws {
        let order = Box<[Int]>([])
        try runReactor { reactor in
            reactor.schedule(after: .zero) {
                reactor.nextTurn { order.value.append(2) }
                reactor.nextTurn {
                    order.value.append(3)
                    reactor.nextTurn {
                        order.value.append(4)
                        reactor.handle.stop()
                    }
                }
                order.value.append(1)
            }
        }
        #expect(order.value == [1, 2, 3, 4])
    }

    // MARK: Descriptors

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
