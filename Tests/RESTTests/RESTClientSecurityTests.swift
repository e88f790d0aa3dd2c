import CCurl
import Discord
import JSON
import Reactor
import Testing

@testable import REST

private let ask = RESTRequest.currentUser()

@Suite("REST client: TLS against Python's ssl") struct RESTClientTLSTests {
    @Test("an authority named in ca_file is trusted, for addresses too")
    func trusted() async throws {
        let session = try await Session.run(["tls": "IP:127.0.0.1"], [ask])
        #expect(session.results[0].response?.status == 200)
        let named = try await Session.run(["tls": "DNS:localhost"], [ask]) { configuration, server in configuration.baseURL = "https://localhost:\(server.port)" }
        #expect(named.results[0].response?.status == 200)
    }

    @Test("an unknown authority: one line that names the remedy, and no second attempt")
    func unknown() async throws {
        let session = try await Session.run(["tls": "IP:127.0.0.1"], [ask]) { configuration, _ in configuration.caFile = nil }
        let error = try #require(session.results[0].error)
        #expect(error.kind == .certificate)
        #expect(error.description.hasPrefix("GET /users/@me: the certificate of 127.0.0.1:"))
        #expect(error.description.hasSuffix("if the server's authority is your own, name its PEM file in [discord] ca_file"))
        #expect(session.metrics.attempts == 1)
        #expect(session.record.requests.isEmpty)
    }

    @Test("a certificate for another host", arguments: ["DNS:other.test", "DNS:localhost", "IP:127.0.0.2", "DNS:127.0.0.1.test"])
    func wrongHost(names: String) async throws {
        let session = try await Session.run(["tls": .string(names)], [ask])
        #expect(session.results[0].error?.kind == .certificate)
        #expect(session.results[0].error?.message.hasSuffix("api_url must name a host that the certificate names") == true)
        #expect(session.record.requests.isEmpty)
    }

    @Test("a common name beside other subject alternative names, and wildcards that are not a whole label", arguments: ["DNS:other.test", "DNS:l*", "DNS:local*", "DNS:*", "DNS:*host"])
    func looseNames(names: String) async throws {
        let session = try await Session.run(["tls": .string(names)], [ask]) { configuration, server in configuration.baseURL = "https://localhost:\(server.port)" }
        #expect(session.results[0].error?.kind == .certificate)
        #expect(session.record.requests.isEmpty)
    }

    @Test("a common name alone does not count (RFC 9525 §2)")
    func commonName() async throws {
        let session = try await Session.run(["tls": ""], [ask]) { configuration, server in configuration.baseURL = "https://localhost:\(server.port)" }
        #expect(session.results[0].error?.kind == .certificate)
        #expect(session.results[0].error?.message.hasSuffix("api_url must name a host that the certificate names") == true)
        #expect(session.record.requests.isEmpty)
    }

    @Test("TLS 1.1 is refused")
    func old() async throws {
        let session = try await Session.run(["tls": "IP:127.0.0.1", "oldest": true], [ask])
        #expect(session.results[0].error?.kind == .transport)
        #expect(session.results[0].error?.message.hasPrefix("no TLS connection to 127.0.0.1:") == true)
        #expect(session.record.requests.isEmpty)
    }
}

@Suite("REST client: HTTP/2 over TLS (RFC 9113)") struct RESTClientHTTP2Tests {
    private func run(_ answers: JSONValue, _ requests: [RESTRequest]) async throws -> Session {
        try await Session.run(["answers": answers], program: "h2server.py", configure: { _, _ in }) { client, _, done in
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
    private func post(_ channel: Int) -> RESTRequest { RESTRequest(.post, Route("/channels/{channel.id}/messages", "\(channel)"), body: .json(Array("{}".utf8))) }
    private func get(_ channel: Int) -> RESTRequest { RESTRequest(.get, Route("/channels/{channel.id}", "\(channel)")) }

    @Test("a burst travels over one connection")
    func burst() async throws {
        let session = try await run(["ok"], (1...100).map(get) + (1...20).map(post))
        #expect(session.results.allSatisfy { $0.response?.body == Array("{}".utf8) })
        #expect(session.record.connections == 1)
        #expect(session.record.requests.count == 120)
    }

    @Test("one stream fails: that request is sent again if repeating is safe", arguments: ["reset", "part"])
    func streamError(answer: String) async throws {
        let safe = try await run([.string(answer), "ok"], [get(1)])
        #expect(safe.results[0].response?.attempts == 2)
        #expect(safe.record.connections == 1)
        let unsafe = try await run([.string(answer), "ok"], [post(1)])
        #expect(unsafe.results[0].error?.kind == .transport)
        #expect(unsafe.record.requests.count == 1)
    }

    @Test("a refused stream was not processed (§8.7) and is sent again")
    func refused() async throws {
        let session = try await run(["refuse", "refuse", "ok"], [get(1)])
        #expect(session.results[0].response?.status == 200)
        #expect(session.record.requests.count == 3)
    }

    @Test("after GOAWAY the next request takes another connection")
    func goAway() async throws {
        let session = try await run(["goaway", "ok"], [get(1), get(1)])
        #expect(session.results.allSatisfy { $0.response?.status == 200 })
        #expect(session.record.connections == 2)
        #expect(session.record.requests.count == 2, "\(session.record)")
    }
}

@Suite("REST client: hosts and proxies") struct RESTClientHostTests {
    @Test("nobody listens: retried, then one line with the remedy")
    func unreachable() async throws {
        let session = try await Session.run([:], [ask]) { configuration, _ in configuration.baseURL = "http://127.0.0.1:1" }
        let error = try #require(session.results[0].error)
        #expect(error.kind == .transport && error.status == nil)
        #expect(error.description.hasPrefix("GET /users/@me: cannot reach 127.0.0.1:1: Failed to connect"))
        #expect(error.description.hasSuffix("; check the network connection, the firewall, [discord] api_url, and HTTPS_PROXY where it is set"))
        #expect(session.metrics.attempts == 4)
    }

    @Test("a configured proxy is used; the host's name is its business")
    func proxy() async throws {
        let session = try await Session.run([:], [ask]) { configuration, server in
            configuration.baseURL = "http://api.test/v10"
            configuration.proxy = "http://127.0.0.1:\(server.port)"
        }
        #expect(session.results[0].response?.status == 200)
        #expect(session.record.lines == ["GET http://api.test/v10/users/@me"])
    }

    @Test("a base URL that is none is refused at the start", arguments: ["", "discord.com", "ftp://discord.com", "https://", "https:///v10", "https://a@b/", "https://a/?b", "http://a b/"])
    func badURL(url: String) throws {
        let reactor = try Reactor()
        let error = #expect(throws: RESTError.self) { try RESTClient(reactor: reactor, configuration: RESTConfiguration(baseURL: url)) }
        #expect(error?.kind == .configuration)
        #expect(error?.message == "“\(url)” is no base URL; [discord] api_url must look like https://discord.com/api/v10")
    }

    @Test(
        "each cause in one line with its remedy",
        arguments: [
            (CURLE_COULDNT_RESOLVE_HOST, "Could not resolve host: nothing.invalid", "cannot find nothing.invalid: Could not resolve host: nothing.invalid; check the network connection and [discord] api_url"),
            (CURLE_COULDNT_RESOLVE_PROXY, "Could not resolve proxy: p", "cannot find the proxy: Could not resolve proxy: p; check HTTPS_PROXY"),
            (CURLE_PEER_FAILED_VERIFICATION, "SSL certificate problem: certificate has expired", "the certificate of nothing.invalid does not verify: SSL certificate problem: certificate has expired; check this machine's clock, or renew the certificate"),
            (CURLE_OPERATION_TIMEDOUT, "Operation timed out after 100 milliseconds", "no answer from nothing.invalid in time: Operation timed out after 100 milliseconds"),
        ])
    func texts(code: CURLcode, detail: String, message: String) {
        #expect(TransportFailure(code, detail: detail, host: "nothing.invalid", wasWritten: false).message == message)
    }
}
