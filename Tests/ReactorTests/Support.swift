import Testing
@testable import Reactor
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Runs a reactor on the calling thread until something stops it. A loop that nothing stops fails the test instead of hanging it.
func runReactor(_ kind: PollerKind = .platformDefault, _ setUp: (Reactor) throws -> Void) throws {
    try run(try Reactor(poller: kind), setUp)
}

func run(_ reactor: Reactor, _ setUp: (Reactor) throws -> Void) throws {
    let handle = reactor.handle
    let watchdog = reactor.schedule(after: .seconds(30)) {
        Issue.record("nothing stopped the loop")
        handle.stop()
    }
    try setUp(reactor)
    _ = watchdog
    reactor.run()
}

/// Runs `body` when the reactor has polled `count` times more.
func afterTurns(_ count: Int, of reactor: Reactor, _ body: @escaping () -> Void) {
    guard count > 0 else { return body() }
    reactor.nextTurn { afterTurns(count - 1, of: reactor, body) }
}

/// Holds a value that closures of a test share.
final class Box<Value> {
    var value: Value

    init(_ value: Value) {
        self.value = value
    }
}

/// A readiness handler made of a closure.
final class Handler: ReadinessHandler {
    let body: (Readiness) -> Void

    init(_ body: @escaping (Readiness) -> Void) {
        self.body = body
    }

    func ready(_ readiness: Readiness) { body(readiness) }
}

/// Two connected, non-blocking local sockets.
final class SocketPair {
    let near: CInt
    let far: CInt
    private var nearEnd: Descriptor?
    private var farEnd: Descriptor?

    init() throws {
        var numbers: [CInt] = [-1, -1]
        try Syscall.run("socketpair") { socketpair(AF_UNIX, SocketAddress.streamType, 0, &numbers) }
        nearEnd = Descriptor(numbers[0])
        farEnd = Descriptor(numbers[1])
        near = numbers[0]
        far = numbers[1]
        try nearEnd?.setNonBlockingCloseOnExec()
        try farEnd?.setNonBlockingCloseOnExec()
    }

    /// Makes `near` readable.
    func poke() {
        var byte: UInt8 = 7
        #expect(write(far, &byte, 1) == 1)
    }

    func closeFar() {
        farEnd = nil
    }
}
