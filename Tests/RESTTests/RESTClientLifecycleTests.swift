import Discord
import JSON
import Reactor
import Synchronization
import Testing

@testable import REST

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

private func get(_ path: String) -> RESTRequest { .raw(.get, path: path) }

@Suite("REST client: cancelling and shutting down") struct RESTClientLifecycleTests {
    private static let slow: JSONValue = ["plan": ["GET /slow": [["delay": 60]], "GET /soon": [["delay": 0.1]]]]

    private func run(_ body: @escaping @Sendable (RESTClient, Reactor, _ done: @escaping (Session) -> Void) -> Void) async throws -> Session {
        try await Session.run(Self.slow, program: "server.py", configure: { _, _ in }, body)
    }

    @Test("completions run in a later turn, once each, and are counted until then")
    func later() async throws {
        let session = try await run { client, _, done in
            var session = Session()
            var isInside = true
            client.perform(get("/..")) { result in
                session.results.append(isInside ? .failure(RESTError(.cancelled, "inside")) : result)
                if session.results.count == 2 { done(session) }
            }
            client.perform(get("/a")) { result in
                session.results.append(isInside ? .failure(RESTError(.cancelled, "inside")) : result)
                if session.results.count == 2 { done(session) }
            }
            #expect(client.outstanding == 2)
            isInside = false
        }
        #expect(session.results[0].error?.kind == .invalidRequest)
        #expect(session.results[1].response?.status == 200)
    }

    @Test("a request under way, one that waits, one that is done")
    func cancel() async throws {
        let session = try await run { client, reactor, done in
            var session = Session()
            let underWay = client.perform(get("/slow")) { session.results.append($0) }
            let waiting = client.perform(get("/slow")) { session.results.append($0) }
            client.perform(get("/a")) { result in
                // By now the slow one has been sent.
                session.results.append(result)
                waiting.cancel()
                underWay.cancel()
                underWay.cancel()
                #expect(client.outstanding == 3, "their completions have not run yet")
                client.perform(get("/a")) { result in
                    session.results.append(result)
                    underWay.cancel()
                    done(session)
                }
            }
        }
        #expect(session.results.map { $0.error?.kind } == [nil, .cancelled, .cancelled, nil])
        #expect(session.record.lines.filter { $0 == "GET /slow" }.count <= 1)
        #expect(session.metrics.failed == 2, "\(session.trace)")
    }

    @Test("cancelling ends the transfer at the server too")
    func cancelEndsTransfer() async throws {
        let script: JSONValue = ["plan": ["GET /drip": [["body": "x", "times": 100_000, "drip": 0.001]], "GET /begun": [["after": "begun"]], "GET /abandoned": [["after": "abandoned"]]]]
        let session = try await Session.run(script, program: "server.py", configure: { _, _ in }) { client, _, done in
            let dripping = client.perform(get("/drip")) { _ in }
            client.perform(get("/begun")) { _ in
                dripping.cancel()
                client.perform(get("/abandoned")) { result in
                    var session = Session()
                    session.results = [result]
                    done(session)
                }
            }
        }
        #expect(session.results[0].response?.status == 200)
    }

    @Test("a slow answer holds up no other request", arguments: [[:], ["tls": "IP:127.0.0.1"]] as [[String: JSONValue]])
    func slowAnswer(extra: [String: JSONValue]) async throws {
        var script = Self.slow
        for (key, value) in extra { script[key] = value }
        let session = try await Session.run(script, program: "server.py", configure: { _, _ in }) { client, _, done in
            client.perform(get("/slow")) { _ in }
            for number in 0..<5 {
                client.perform(get("/channels/\(number)")) { result in
                    var session = Session()
                    session.results = [result]
                    if number == 4 { done(session) }
                }
            }
        }
        #expect(session.results[0].response?.status == 200)
    }

    @Test("a completion may cancel what finished in the same turn")
    func cancelFinished() async throws {
        let session = try await run { client, _, done in
            var session = Session()
            var calls: [RESTCall] = []
            for number in 0..<20 {
                calls.append(client.perform(get("/channels/\(number)")) { result in
                    session.results.append(result)
                    for call in calls { call.cancel() }
                    if session.results.count == 20 { done(session) }
                })
            }
        }
        #expect(session.results.count == 20)
    }

    @Test("shutdown waits for what is under way, and takes nothing new")
    func shutdown() async throws {
        let session = try await run { client, _, done in
            var session = Session()
            for _ in 0..<3 { client.perform(get("/soon")) { session.results.append($0) } }
            client.shutdown(within: .seconds(60)) {
                #expect(client.outstanding == 0)
                done(session)
            }
            client.perform(get("/a")) { session.results.append($0) }
        }
        #expect(session.results.map { $0.error?.kind } == [.cancelled, nil, nil, nil])
        #expect(session.record.lines == Array(repeating: "GET /soon", count: 3))
    }

    @Test("shutdown cancels what takes longer")
    func shutdownDeadline() async throws {
        let session = try await run { client, _, done in
            var session = Session()
            for _ in 0..<3 { client.perform(get("/slow")) { session.results.append($0) } }
            client.shutdown(within: .milliseconds(50)) { done(session) }
        }
        #expect(session.results.map { $0.error?.kind } == [.cancelled, .cancelled, .cancelled])
    }

    @Test("an idle client shuts down at once")
    func shutdownIdle() async throws {
        let session = try await run { client, _, done in client.shutdown(within: .seconds(60)) { done(Session()) } }
        #expect(session.metrics == RESTMetrics())
    }

    @Test("a request whose host is being looked up can be abandoned")
    func cancelLookup() async throws {
        let session = try await Session.run([:], program: "server.py", configure: { configuration, _ in configuration.baseURL = "http://nothing.invalid" }) { client, reactor, done in
            var session = Session()
            let call = client.perform(get("/a")) { result in
                session.results.append(result)
                done(session)
            }
            // After the turn in which libcurl starts its resolver.
            reactor.nextTurn { reactor.nextTurn { reactor.nextTurn { call.cancel() } } }
        }
        #expect(session.results.map { $0.error?.kind } == [.cancelled])
    }

    @Test("a program started meanwhile does not inherit connections")
    func closeOnExec() async throws {
        let port = Mutex(0)
        let session = try await Session.run(Self.slow, program: "server.py", configure: { _, server in port.withLock { $0 = server.port } }) { client, _, done in
            client.perform(get("/a")) { _ in
                // The connection is open and idle now.
                var session = Session()
                let descriptors = Self.descriptors(connectedTo: port.withLock { $0 })
                session.order = descriptors.map { Int(fcntl($0, F_GETFD) & FD_CLOEXEC) }
                done(session)
            }
        }
        #expect(session.order == [Int(FD_CLOEXEC)])
    }

    private static func descriptors(connectedTo port: Int) -> [CInt] {
        // Tests that run beside this one have many open.
        (3..<CInt(min(sysconf(CInt(_SC_OPEN_MAX)), 65_536))).filter { descriptor in
            var address = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let code = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) }
            }
            return code == 0 && address.sin_family == sa_family_t(AF_INET) && UInt16(bigEndian: address.sin_port) == UInt16(port)
        }
    }

    @Test("a client that is dropped leaves nothing in its reactor")
    func dropped() async throws {
        let session = try await run { client, reactor, done in
            var configuration = RESTConfiguration(baseURL: "http://127.0.0.1:1")
            configuration.proxy = ""
            do {
                let other = try RESTClient(reactor: reactor, configuration: configuration)
                var request = get("/a")
                request.authorized = false
                other.perform(request) { _ in Issue.record("its client is gone") }
            } catch {
                Issue.record(error)
            }
            client.perform(get("/a")) { result in
                var session = Session()
                session.results = [result]
                done(session)
            }
        }
        #expect(session.results[0].response != nil)
    }
}
