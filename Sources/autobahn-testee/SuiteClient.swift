import Reactor
import WebSocketProtocol

/// Follows the fuzzing server's client protocol: `/getCaseCount`, then each `/runCase?case=N&agent=NAME`, then `/updateReports?agent=NAME`.
final class SuiteClient {
    private static let connectLimit = Duration.seconds(10)

    private let base: WebSocketURL
    private let agent: String
    private let reactor: Reactor
    private let finished: (_ error: String?) -> Void
    private var connector: TCPConnector?
    private var connection: EchoConnection?
    private var caseCount = 0

    init(_ base: WebSocketURL, agent: String, on reactor: Reactor, finished: @escaping (_ error: String?) -> Void) {
        self.base = base
        self.agent = agent
        self.reactor = reactor
        self.finished = finished
    }

    func start() {
        visit("getCaseCount", [], echoes: false) { [self] connection in
            guard let count = Int(connection.lastText) else { return finished("no case count: \"\(connection.lastText)\"") }
            caseCount = count
            run(1)
        }
    }

    private func run(_ number: Int) {
        guard number <= caseCount else {
            return visit("updateReports", [("agent", agent)], echoes: false) { [self] _ in finished(nil) }
        }
        visit("runCase", [("case", String(number)), ("agent", agent)], echoes: true) { [self] _ in run(number + 1) }
    }

    /// Opens one WebSocket and waits for its end.
    private func visit(
        _ page: String, _ query: [(name: String, value: String)], echoes: Bool, then next: @escaping (EchoConnection) -> Void
    ) {
        let url: WebSocketURL
        do throws(WebSocketURLError) {
            url = try WebSocketURL("\(base.scheme.rawValue)://\(base.authority)/\(page)").replacingQuery(query)
        } catch {
            return finished("\(error)")
        }
        connector = TCPConnector.connect(to: url.host, port: url.port, on: reactor, deadline: reactor.now + Self.connectLimit) { [self] in
            switch $0 {
            case .success(let stream): open(stream, url, echoes: echoes, then: next)
            case .failure(let failure): finished("\(failure)")
            }
        }
    }

    private func open(_ stream: TCPStream, _ url: WebSocketURL, echoes: Bool, then next: @escaping (EchoConnection) -> Void) {
        do throws(HandshakeError) {
            connection = try EchoConnection(client: stream, url: url, echoes: echoes, on: reactor) { [self] end in
                guard let last = connection.take() else { return }
                if case .refused(let reason) = end { return finished("\(url): \(reason)") }
                // The connection is inside its own callback: begin the next one after it has returned.
                reactor.nextTurn { next(last) }
            }
        } catch {
            finished("\(error)")
        }
    }
}
