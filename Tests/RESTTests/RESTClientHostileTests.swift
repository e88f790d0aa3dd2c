import JSON
import Testing

@testable import REST

@Suite("REST client: servers that break HTTP's rules") struct RESTClientHostileTests {
    private static let ok = "HTTP/1.1 200 OK\r\n"

    /// Asks for `/a` of a server that answers with `raw` and `times` repetitions of `body`.
    private func ask(_ raw: String, body: String = "", times: Int = 1, _ request: RESTRequest = .raw(.get, path: "/a")) async throws -> Session {
        let answer: JSONValue = ["raw": .string(raw), "body": .string(body), "times": .integer(Int64(times))]
        return try await Session.run(["plan": ["GET /a": [answer], "POST /a": [answer]]], [request])
    }

    @Test("no HTTP at all, an answer cut short, a length that is none: an error in one line", arguments: [
        ("SSH-2.0-OpenSSH_9.2\r\n", "cannot use [discord] api_url: "),
        ("", "the connection to 127.0.0.1:"),
        ("HTTP/1.1 200", "the connection to 127.0.0.1:"),
        (ok, "the connection to 127.0.0.1:"),
        (ok + "X-RateLimit-Limit: 5\r\n", "the connection to 127.0.0.1:"),
        (ok + "Content-Length: 10\r\n\r\n{}", "the connection to 127.0.0.1:"),
        (ok + "Content-Length: -5\r\n\r\n{}", "the connection to 127.0.0.1:"),
        (ok + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n{}", "the connection to 127.0.0.1:"),
        (ok + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", "the connection to 127.0.0.1:"),
    ])
    func broken(raw: String, message: String) async throws {
        let session = try await ask(raw)
        let error = try #require(session.results[0].error)
        #expect(error.message.hasPrefix(message) && !error.message.contains("\n"), "\(error)")
        let once = try await ask(raw, RESTRequest(.post, Route(path: "/a"), body: .json(Array("{}".utf8))))
        #expect(once.results[0].error != nil)
        #expect(once.record.requests.count == 1, "it may have taken effect")
    }

    @Test("a header without end is not taken to its end", arguments: [(ok, "X-A: b\r\n"), ("", "HTTP/1.1 100 Continue\r\n\r\n")])
    func header(raw: String, repeated: String) async throws {
        let session = try await ask(raw, body: repeated, times: 2_000_000)
        #expect(session.results[0].error?.kind == .tooLarge)
        #expect(session.results[0].error?.message == "the answer is longer than the limit of 65536 bytes")
        #expect(session.metrics.attempts == 1)
    }

    @Test("nor is a header line")
    func headerLine() async throws {
        let session = try await ask(Self.ok, body: "X-RateLimit-Bucket", times: 2_000_000)
        // What libcurl calls it depends on its version.
        #expect(session.results[0].error != nil)
    }

    @Test("bytes after an answer do not become the next answer")
    func excess() async throws {
        let answer = Self.ok + "Content-Length: 2\r\n\r\n{}" + Self.ok + "Content-Length: 4\r\n\r\nevil"
        let plan: JSONValue = ["plan": ["GET /a": [["raw": .string(answer), "keep": true], ["body": "true"]]]]
        let session = try await Session.run(plan, [.raw(.get, path: "/a"), .raw(.get, path: "/a")])
        #expect(session.results[0].response?.body == Array("{}".utf8))
        #expect(session.results[1].response?.body == Array("true".utf8))
    }

    @Test("a 429 that says nothing is the proxy's: everything stops")
    func silentRefusal() async throws {
        let session = try await ask("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n")
        #expect(session.results[0].error?.kind == .rateLimited)
        #expect(session.record.requests.count == 1)
        #expect(session.notices == [.blockedByEdge(.seconds(300))])
    }
}
