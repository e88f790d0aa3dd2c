#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One way from a host name to a connected stream: lookup, then happy eyeballs over every address (RFC 8305).
///
/// The address families take turns, each attempt has 250 ms before the next one joins it, a failed attempt starts the next at
/// once, and the first to stand wins. One deadline covers all of it. The connector lives until its completion is called or
/// `cancel`, whether or not the caller keeps it.
package final class TCPConnector {
    package typealias Completion = (Result<TCPStream, ConnectFailure>) -> Void

    /// RFC 8305 §5, the recommended Connection Attempt Delay.
    private static let attemptDelay = Duration.milliseconds(250)

    private enum State {
        case resolving(NameResolver.Token)
        case connecting
        case done
    }

    private let host: String
    private let port: UInt16
    private let reactor: Reactor
    /// `nil` once it was called, or never will be.
    private var completion: Completion?
    private var state = State.connecting
    /// Its action is what keeps the connector alive; lookup and attempts refer to it weakly, so that nothing is left if the loop ends.
    private var deadlineTimer: TimerToken?
    private var nextAttemptTimer: TimerToken?
    /// Addresses not yet tried, the next one last.
    private var remaining: [SocketAddress] = []
    private var running: [ConnectAttempt] = []
    /// In the order in which they were begun.
    private var attempts: [ConnectFailure.Attempt] = []

    /// Begins to connect.
    ///
    /// - Parameters:
    ///   - host: a name, or a numeric address without brackets.
    ///   - deadline: when to give up, over the lookup and all attempts together.
    ///   - completion: called once on the loop, never before this call returns, and not after `cancel`. It sets the stream's
    ///     delegate before it returns.
    package static func connect(
        to host: String, port: UInt16, on reactor: Reactor, deadline: ContinuousClock.Instant, completion: @escaping Completion
    ) -> TCPConnector {
        let connector = TCPConnector(host: host, port: port, on: reactor, deadline: deadline, completion: completion)
        if let address = SocketAddress(numeric: host, port: port) {
            connector.tryLater([address])
        } else {
            connector.state = .resolving(reactor.resolver.resolve(host, port: port) { [weak connector] in connector?.resolved($0) })
        }
        return connector
    }

    /// As `connect(to:port:)` with the lookup's answer given.
    static func connect(
        to host: String, port: UInt16, addresses: [SocketAddress], on reactor: Reactor, deadline: ContinuousClock.Instant,
        completion: @escaping Completion
    ) -> TCPConnector {
        let connector = TCPConnector(host: host, port: port, on: reactor, deadline: deadline, completion: completion)
        connector.tryLater(addresses)
        return connector
    }

    private init(host: String, port: UInt16, on reactor: Reactor, deadline: ContinuousClock.Instant, completion: @escaping Completion) {
        reactor.assertCurrent()
        self.host = host
        self.port = port
        self.reactor = reactor
        self.completion = completion
        deadlineTimer = reactor.schedule(at: deadline) { self.deadlinePassed() }
    }

    /// Gives up: nothing is called any more, and every socket of the attempt is closed. Idempotent.
    package func cancel() {
        reactor.assertCurrent()
        stop()
        completion = nil
    }

    /// RFC 8305 §4: the families take turns, beginning with the one that the system prefers.
    static func interleaved(_ addresses: [SocketAddress]) -> [SocketAddress] {
        guard let preferred = addresses.first?.family else { return [] }
        let first = addresses.filter { $0.family == preferred }
        let second = addresses.filter { $0.family != preferred }
        var result: [SocketAddress] = []
        for index in 0..<max(first.count, second.count) {
            if index < first.count { result.append(first[index]) }
            if index < second.count { result.append(second[index]) }
        }
        return result
    }

    // MARK: Steps

    private func tryLater(_ addresses: [SocketAddress]) {
        reactor.nextTurn { self.resolved(.success(addresses)) }
    }

    private func resolved(_ result: Result<[SocketAddress], LookupFailure>) {
        guard completion != nil else { return }
        switch result {
        case .success(let addresses):
            state = .connecting
            remaining = Self.interleaved(addresses).reversed()
            startNext()
        case .failure(let failure):
            fail(.lookup(failure))
        }
    }

    /// Begins attempts until one waits for its answer.
    private func startNext() {
        if let timer = nextAttemptTimer.take() { reactor.cancel(timer) }
        while let address = remaining.popLast() {
            let index = attempts.count
            attempts.append(ConnectFailure.Attempt(address: address, failure: nil))
            do throws(IOFailure) {
                running.append(try ConnectAttempt(to: address, on: reactor) { [weak self] in self?.attempt(index, endedWith: $0) })
            } catch {
                attempts[index] = ConnectFailure.Attempt(address: address, failure: error)
                continue
            }
            if !remaining.isEmpty {
                nextAttemptTimer = reactor.schedule(after: Self.attemptDelay) {
                    self.nextAttemptTimer = nil
                    self.startNext()
                }
            }
            return
        }
        if attempts.allSatisfy({ $0.failure != nil }) { fail(.refused(attempts)) }
    }

    private func attempt(_ index: Int, endedWith result: Result<TCPStream, IOFailure>) {
        switch result {
        case .success(let stream):
            finish(.success(stream))
        case .failure(let failure):
            attempts[index] = ConnectFailure.Attempt(address: attempts[index].address, failure: failure)
            startNext()
        }
    }

    private func deadlinePassed() {
        deadlineTimer = nil
        fail(.deadlinePassed(attempts))
    }

    private func fail(_ reason: ConnectFailure.Reason) {
        finish(.failure(ConnectFailure(host: host, port: port, reason: reason)))
    }

    private func finish(_ result: Result<TCPStream, ConnectFailure>) {
        stop()
        completion.take()?(result)
    }

    /// Ends everything under way, which also breaks the hold of timers and attempts on the connector.
    private func stop() {
        if case .resolving(let token) = state { reactor.resolver.cancel(token) }
        state = .done
        if let timer = deadlineTimer.take() { reactor.cancel(timer) }
        if let timer = nextAttemptTimer.take() { reactor.cancel(timer) }
        remaining = []
        var ended: [ConnectAttempt] = []
        swap(&ended, &running)
        for attempt in ended { attempt.cancel() }
    }
}

@available(*, unavailable)
extension TCPConnector: Sendable {}
