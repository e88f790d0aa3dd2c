import Synchronization
import Testing
@testable import Reactor
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite("TCP connector", .timeLimit(.minutes(2))) struct TCPConnectorTests {
    /// Connects, and returns what the completion was given and where the stream went. Whatever that is, it is given once, later,
    /// and nothing of the attempt stays.
    private func outcome(
        _ kind: PollerKind, host: String = "test.invalid", addresses: [SocketAddress], within limit: Duration = .seconds(20)
    ) throws -> Result<SocketAddress?, ConnectFailure>? {
        let outcome = Box<Result<SocketAddress?, ConnectFailure>?>(nil)
        weak var connector: TCPConnector?
        try runReactor(kind) { reactor in
            connector = TCPConnector.connect(
                to: host, port: 443, addresses: addresses, on: reactor, deadline: reactor.now + limit
            ) { result in
                #expect(outcome.value == nil)
                outcome.value = result.map { stream in
                    defer { stream.abort() }
                    return stream.peerAddress
                }
                reactor.schedule(after: .milliseconds(2)) {
                    #expect(connector == nil)
                    reactor.handle.stop()
                }
            }
            #expect(outcome.value == nil)
        }
        return outcome.value
    }

    // MARK: RFC 8305

    @Test("RFC 8305 §4: the families take turns, the preferred one first, each in its order") func interleaving() {
        func four(_ last: UInt16) -> SocketAddress { .loopback(.ipv4, port: last) }
        func six(_ last: UInt16) -> SocketAddress { .loopback(.ipv6, port: last) }
        #expect(TCPConnector.interleaved([six(1), six(2), six(3), four(1), four(2)]) == [six(1), four(1), six(2), four(2), six(3)])
        #expect(TCPConnector.interleaved([four(1), six(1), six(2)]) == [four(1), six(1), six(2)])
        #expect(TCPConnector.interleaved([four(1), four(2)]) == [four(1), four(2)])
        #expect(TCPConnector.interleaved([]).isEmpty)
    }

    @Test("§5: when ::1 refuses, 127.0.0.1 is tried at once and wins", arguments: PollerKind.allCases)
    func fallsBack(_ kind: PollerKind) throws {
        let listener = try ListeningSocket()
        let four = listener.address
        let six = SocketAddress.loopback(.ipv6, port: four.port)
        #expect(try outcome(kind, addresses: [six, four]) == .success(four))
    }

    @Test("§5: an address that does not answer is joined by the next one, which wins", arguments: PollerKind.allCases)
    func overtakes(_ kind: PollerKind) throws {
        let silent = try SilentListener()
        let good = try ListeningSocket()
        #expect(try outcome(kind, addresses: [silent.address, good.address]) == .success(good.address))
    }

    @Test("§5: the first of several to stand wins, and is the only one told of", arguments: PollerKind.allCases)
    func oneWinner(_ kind: PollerKind) throws {
        let first = try ListeningSocket()
        let second = try ListeningSocket()
        #expect(try outcome(kind, addresses: [first.address, second.address]) == .success(first.address))
    }

    // MARK: Failures

    @Test("a closed port: the failure lists each address with its reason, host, port and remedy", arguments: PollerKind.allCases)
    func refused(_ kind: PollerKind) throws {
        let four = SocketAddress.loopback(.ipv4, port: try ListeningSocket.closedPort())
        let six = SocketAddress.loopback(.ipv6, port: four.port)
        guard case .failure(let failure) = try outcome(kind, addresses: [six, four]) else {
            Issue.record("connected to a closed port")
            return
        }
        let refusal = IOFailure(call: "connect", code: ECONNREFUSED)
        #expect(failure.reason == .refused([.init(address: six, failure: refusal), .init(address: four, failure: refusal)]))
        #expect(failure.description == """
            cannot connect to test.invalid:443: \(six): Connection refused, \(four): Connection refused; is a server listening on that port?
            """)
    }

    @Test("an address without a route fails at once and does not keep the others from being tried", arguments: PollerKind.allCases)
    func unroutable(_ kind: PollerKind) throws {
        // 255.255.255.255 cannot be connected to with TCP; the kernel says so in the call itself.
        let nowhere = SocketAddress(numeric: "255.255.255.255", port: 443)!
        let good = try ListeningSocket()
        #expect(try outcome(kind, addresses: [nowhere, good.address]) == .success(good.address))
        guard case .failure(let failure) = try outcome(kind, addresses: [nowhere]), case .refused(let attempts) = failure.reason else {
            Issue.record("connected to the broadcast address")
            return
        }
        #expect(attempts.map(\.address) == [nowhere])
        #expect(attempts[0].failure?.call == "connect")
    }

    @Test("a peer that never answers is given up at the deadline, and the failure says so", arguments: PollerKind.allCases)
    func blackHole(_ kind: PollerKind) throws {
        let silent = try SilentListener()
        let closed = SocketAddress.loopback(.ipv4, port: try ListeningSocket.closedPort())
        let result = try outcome(kind, addresses: [silent.address, closed], within: .milliseconds(400))
        guard case .failure(let failure) = result else {
            Issue.record("connected to a listener that takes nobody")
            return
        }
        #expect(failure.reason == .deadlinePassed([
            .init(address: silent.address, failure: nil), .init(address: closed, failure: IOFailure(call: "connect", code: ECONNREFUSED)),
        ]))
        #expect(failure.description == """
            cannot connect to test.invalid:443: \(silent.address): no answer in time, \(closed): Connection refused; \
            check the network and its firewalls
            """)
    }

    @Test("a deadline in the past fails before anything is tried") func pastDeadline() throws {
        let good = try ListeningSocket()
        let result = try outcome(.platformDefault, addresses: [good.address], within: .seconds(-1))
        guard case .failure(let failure) = result else {
            Issue.record("connected after the deadline")
            return
        }
        #expect(failure.reason == .deadlinePassed([]))
    }

    @Test("a name server that never answers holds nobody beyond the deadline", arguments: PollerKind.allCases)
    func deadResolver(_ kind: PollerKind) throws {
        let failure = Box<ConnectFailure?>(nil)
        let answer = Mutex(false)
        try runReactor(kind) { reactor in
            reactor.resolver = NameResolver(handle: reactor.handle) { _ in
                while !answer.withLock({ $0 }) { usleep(1000) }
                return .success([.loopback(.ipv4, port: 1)])
            }
            _ = TCPConnector.connect(to: "test.invalid", port: 1, on: reactor, deadline: reactor.now + .milliseconds(50)) { result in
                if case .failure(let reason) = result { failure.value = reason }
                answer.withLock { $0 = true }
                // The answer that comes now finds nobody.
                reactor.schedule(after: .milliseconds(20)) { reactor.handle.stop() }
            }
        }
        #expect(failure.value?.reason == .deadlinePassed([]))
        #expect(failure.value?.description.contains("test.invalid:1") == true)
    }

    @Test("texts name the remedy for each reason") func texts() {
        func text(_ host: String, _ reason: ConnectFailure.Reason) -> String {
            ConnectFailure(host: host, port: 443, reason: reason).description
        }
        #expect(text("nowhere", .lookup(LookupFailure(reason: "Name or service not known", isTemporary: false)))
            == "cannot connect to nowhere:443: name lookup: Name or service not known; check the spelling of the host name")
        #expect(text("nowhere", .lookup(LookupFailure(reason: "Temporary failure in name resolution", isTemporary: true)))
            == "cannot connect to nowhere:443: name lookup: Temporary failure in name resolution; check the network and the DNS server")
        #expect(text("slow.example", .deadlinePassed([]))
            == "cannot connect to slow.example:443: the name lookup had no answer in time; check the network and the DNS server")
        let six = SocketAddress.loopback(.ipv6, port: 443)
        #expect(text("::1", .refused([.init(address: six, failure: IOFailure(call: "connect", code: ENETUNREACH))]))
            == "cannot connect to [::1]:443: [::1]:443: Network is unreachable; check the network and its routes")
        #expect(text("::1", .refused([.init(address: six, failure: IOFailure(call: "socket", code: EMFILE))]))
            == "cannot connect to [::1]:443: [::1]:443: Too many open files; raise the limit on open files (ulimit -Hn)")
    }

    // MARK: Names

    @Test("a name is looked up, a numeric address is not", arguments: PollerKind.allCases, ["localhost", "127.0.0.1"])
    func names(_ kind: PollerKind, host: String) throws {
        let listener = try ListeningSocket()
        let connected = Box(false)
        try runReactor(kind) { reactor in
            _ = TCPConnector.connect(
                to: host, port: listener.address.port, on: reactor, deadline: reactor.now + .seconds(20)
            ) { result in
                do throws(ConnectFailure) {
                    let stream = try result.get()
                    connected.value = true
                    #expect(stream.peerAddress == listener.address)
                    stream.abort()
                } catch {
                    Issue.record(error)
                }
                reactor.handle.stop()
            }
        }
        #expect(connected.value)
    }

    @Test("a name that cannot exist is a lookup failure", arguments: PollerKind.allCases)
    func unknownName(_ kind: PollerKind) throws {
        // A label longer than DNS allows (RFC 1035 §2.3.4), so that no server has to be asked.
        let host = String(repeating: "x", count: 64) + ".invalid"
        let reason = Box<ConnectFailure.Reason?>(nil)
        try runReactor(kind) { reactor in
            _ = TCPConnector.connect(to: host, port: 1, on: reactor, deadline: reactor.now + .seconds(20)) { result in
                if case .failure(let failure) = result { reason.value = failure.reason }
                reactor.handle.stop()
            }
        }
        guard case .lookup = reason.value else {
            Issue.record("\(String(describing: reason.value))")
            return
        }
    }

    // MARK: Cancelling

    @Test("after cancel nothing is called and nothing is held", arguments: PollerKind.allCases)
    func cancel(_ kind: PollerKind) throws {
        let silent = try SilentListener()
        let good = try ListeningSocket()
        weak var held: Box<Int>?
        try runReactor(kind) { reactor in
            var connectors: [TCPConnector] = []
            do {
                let box = Box(0)
                held = box
                for addresses in [[silent.address, silent.address], [good.address]] {
                    connectors.append(TCPConnector.connect(
                        to: "test.invalid", port: 1, addresses: addresses, on: reactor, deadline: reactor.now + .seconds(9)
                    ) { _ in
                        box.value += 1
                        Issue.record("a cancelled connector called back")
                    })
                }
                connectors.append(TCPConnector.connect(to: "localhost", port: 1, on: reactor, deadline: reactor.now + .seconds(9)) { _ in
                    box.value += 1
                    Issue.record("a cancelled connector called back")
                })
            }
            connectors[1].cancel()
            reactor.nextTurn {
                for connector in connectors { connector.cancel() }
                for connector in connectors { connector.cancel() }
                connectors = []
                reactor.schedule(after: .milliseconds(20)) {
                    #expect(held == nil)
                    reactor.handle.stop()
                }
            }
        }
        #expect(held == nil)
    }

    @Test("the connector works on when the caller does not keep it, and is gone afterwards", arguments: PollerKind.allCases)
    func lifetime(_ kind: PollerKind) throws {
        let good = try ListeningSocket()
        weak var connector: TCPConnector?
        try runReactor(kind) { reactor in
            connector = TCPConnector.connect(
                to: "127.0.0.1", port: good.address.port, on: reactor, deadline: reactor.now + .seconds(20)
            ) { result in
                _ = result.map { $0.abort() }
                reactor.schedule(after: .milliseconds(1)) {
                    #expect(connector == nil)
                    reactor.handle.stop()
                }
            }
            #expect(connector != nil)
        }
    }
}
