import Testing
@testable import Reactor
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Signals belong to the process, so these run one after the other.
@Suite("Signal source", .serialized, .timeLimit(.minutes(2))) struct SignalSourceTests {
    @Test("each signal asked for arrives as an event of the loop", arguments: PollerKind.allCases)
    func arrive(_ kind: PollerKind) throws {
        let received = Box<[Signal]>([])
        try runReactor(kind) { reactor in
            let source = Box<SignalSource?>(nil)
            source.value = try SignalSource(Set(Signal.allCases), on: reactor) { signal in
                received.value.append(signal)
                switch received.value.count {
                case 1: kill(getpid(), SIGTERM)
                case 2: kill(getpid(), SIGINT)
                default:
                    source.value?.cancel()
                    reactor.handle.stop()
                }
            }
            kill(getpid(), SIGHUP)
        }
        #expect(received.value == [.hangUp, .terminate, .interrupt])
    }

    @Test("a signal sent to any thread ends an idle wait", arguments: PollerKind.allCases)
    func wakesIdleLoop(_ kind: PollerKind) throws {
        var thread: Thread?
        try runReactor(kind) { reactor in
            let source = Box<SignalSource?>(nil)
            source.value = try SignalSource([.hangUp], on: reactor) { _ in
                source.value?.cancel()
                reactor.handle.stop()
            }
            thread = try Thread.start(name: "raiser", stackSize: 256 * 1024) {
                usleep(10_000)
                // To this very thread, which knows nothing of the reactor.
                raise(SIGHUP)
            }
        }
        thread?.join()
    }

    @Test("cancel, or the end of the loop, gives the signals back to what they did before", arguments: [true, false])
    func restores(byCancel: Bool) throws {
        func disposition() -> Bool {
            var action = sigaction()
            sigaction(SIGHUP, nil, &action)
            #if canImport(Glibc)
            return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 0
            #else
            return unsafeBitCast(action.__sigaction_u.__sa_handler, to: Int.self) == 0
            #endif
        }
        #expect(disposition())
        try runReactor { reactor in
            let source = try SignalSource([.hangUp], on: reactor) { _ in }
            #expect(!disposition())
            if byCancel {
                source.cancel()
                source.cancel()
                #expect(disposition())
            }
            reactor.handle.stop()
        }
        #expect(disposition())
    }

    @Test("cancel inside the callback holds back the signals read with it") func cancelInCallback() throws {
        let received = Box(0)
        try runReactor { reactor in
            let source = Box<SignalSource?>(nil)
            source.value = try SignalSource([.hangUp, .terminate], on: reactor) { _ in
                received.value += 1
                source.value?.cancel()
                reactor.schedule(after: .milliseconds(3)) { reactor.handle.stop() }
            }
            // To the calling thread, so that both have been handled when it has ended.
            try Thread.start(name: "raiser", stackSize: 256 * 1024) {
                raise(SIGHUP)
                raise(SIGTERM)
            }.join()
        }
        #expect(received.value == 1)
    }

    @Test("a write to a broken pipe is an error, not the end of the process") func brokenPipe() async {
        await #expect(processExitsWith: .success) {
            SignalSource.ignoreBrokenPipe()
            let pair = try SocketPair()
            pair.closeFar()
            var byte: UInt8 = 0
            precondition(write(pair.near, &byte, 1) == -1 && errno == EPIPE)
        }
    }

    @Test("a second source beside a living one is a bug that ends the process") func onlyOne() async {
        await #expect(processExitsWith: .failure) {
            let reactor = try Reactor()
            let first = try SignalSource([.hangUp], on: reactor) { _ in }
            let second = try SignalSource([.terminate], on: reactor) { _ in }
            withExtendedLifetime((first, second)) {}
        }
    }
}
