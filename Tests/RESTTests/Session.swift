import Discord
import JSON
@testable import REST
import Reactor

/// What came of a number of requests to one scripted server.
struct Session: Sendable {
    /// By the order of the requests.
    var results: [Result<RESTResponse, RESTError>] = []
    /// Indices of the requests in the order of their completions.
    var order: [Int] = []
    var metrics = RESTMetrics()
    var notices: [RateLimiter.Notice] = []
    var trace: [String] = []
    var record = ScriptedServer.Record(value: .null)

    static let token = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"

    /// Sends `requests` all at once to a server that follows `script`.
    static func run(_ script: JSONValue, _ requests: [RESTRequest], configure: @escaping @Sendable (inout RESTConfiguration, ScriptedServer) -> Void = { _, _ in }) async throws -> Session {
        try await run(script, program: "server.py", configure: configure) { client, _, done in
            var session = Session()
            session.results = Array(repeating: .failure(RESTError(.cancelled, "not completed")), count: requests.count)
            for (index, request) in requests.enumerated() {
                client.perform(request) { result in
                    session.results[index] = result
                    session.order.append(index)
                    if session.order.count == requests.count { done(session) }
                }
            }
        }
    }

    /// Runs `body` on a reactor of its own with a client of the server's; the session ends with what it hands to `done`.
    static func run(
        _ script: JSONValue, program: String, configure: @escaping @Sendable (inout RESTConfiguration, ScriptedServer) -> Void,
        _ body: @escaping @Sendable (RESTClient, Reactor, _ done: @escaping (Session) -> Void) -> Void
    ) async throws -> Session {
        try await withCheckedThrowingContinuation { continuation in
            do {
                _ = try Thread.start(name: "rest-test", stackSize: 1 << 20) {
                    continuation.resume(with: Result { try onLoop(script, program, configure, body) })
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    private static func onLoop(
        _ script: JSONValue, _ program: String, _ configure: (inout RESTConfiguration, ScriptedServer) -> Void,
        _ body: @escaping (RESTClient, Reactor, _ done: @escaping (Session) -> Void) -> Void
    ) throws -> Session {
        let server = try ScriptedServer(script, program: program)
        let reactor = try Reactor()
        var configuration = RESTConfiguration(baseURL: "\(server.authority == nil ? "http" : "https")://127.0.0.1:\(server.port)", token: try BotToken(token))
        configuration.caFile = server.authority
        configuration.proxy = ""
        configuration.retryPause = .milliseconds(5)
        configuration.limits.perSecond = 100_000
        configure(&configuration, server)
        let client = try RESTClient(reactor: reactor, configuration: configuration)
        var session = Session()
        var notices: [RateLimiter.Notice] = []
        var trace: [String] = []
        client.notice = { notices.append($0) }
        client.trace = { trace.append($0.description) }
        reactor.nextTurn {
            body(client, reactor) {
                session = $0
                reactor.handle.stop()
            }
        }
        reactor.run()
        session.metrics = client.metrics
        session.notices = notices
        session.trace = trace
        session.record = try server.record()
        return session
    }
}

extension Result where Success == RESTResponse, Failure == RESTError {
    var response: RESTResponse? { if case .success(let response) = self { response } else { nil } }
    var error: RESTError? { if case .failure(let error) = self { error } else { nil } }
}
