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
}
