import Reactor
import TLS
import Testing

@Suite("Session resumption (RFC 5246 §7.3, RFC 8446 §2.2)")
struct TLSSessionCacheTests {
    /// How a connection ends before the next one resumes it.
    enum Ending: CaseIterable {
        case closeNotify, truncated, aborted
    }

    func connect(_ client: TLSContext, _ server: TLSContext, port: UInt16 = 443) throws -> TLSPair {
        let pair = try TLSPair(client: client, server: server, port: port)
        pair.link.run()
        try #require(pair.isConnected)
        return pair
    }

    @Test("The second connection resumes the first, however that ended", arguments: SecureSocketTests.versions, Ending.allCases)
    func resumes(version: TLSVersion, ending: Ending) throws {
        let client = try TestContexts.client()
        let server = try TestContexts.server(latest: version)
        do {
            let first = try connect(client, server)
            #expect(!first.client.isResumed)
            switch ending {
            case .closeNotify: first.server.finish()
            case .truncated: first.link.server.finish()
            case .aborted: first.client.abort()
            }
            first.link.run()
        }
        let second = try connect(client, server)
        #expect(second.client.isResumed)
        #expect(second.server.isResumed)
        second.server.write("resumed")
        second.link.run()
        #expect(second.clientDelegate.received == Array("resumed".utf8))
    }

    @Test(
        "A connection that a fatal alert ended is not resumed (RFC 5246 §7.2.2, RFC 8446 §6.2)",
        arguments: SecureSocketTests.versions)
    func fatalAlert(version: TLSVersion) throws {
        let client = try TestContexts.client()
        let server = try TestContexts.server(latest: version)
        do {
            let first = try connect(client, server)
            first.server.write("x")
            first.link.tamper = { $0[$0.count - 1] ^= 1 }
            first.link.run()
            #expect(first.clientDelegate.ends.count == 1)
        }
        #expect(client.sessions.count == 0)
        #expect(try !connect(client, server).client.isResumed)
    }

    @Test("A session belongs to one host and port")
    func otherPort() throws {
        let client = try TestContexts.client()
        let server = try TestContexts.server()
        _ = try connect(client, server, port: 443)
        #expect(try !connect(client, server, port: 8443).client.isResumed)
    }

    @Test("A TLS 1.3 ticket is used once (RFC 8446 §C.4), a TLS 1.2 session as often as there are connections")
    func singleUse() throws {
        for (version, left) in [(TLSVersion.tls13, 1), (.tls12, 1)] {
            let sessions = TLSSessionCache(capacity: 1, capacityPerPeer: 1)
            let client = try TestContexts.client(sessions: sessions)
            let server = try TestContexts.server(latest: version)
            _ = try connect(client, server)
            #expect(sessions.count == left)
            // A second handshake that never gets an answer takes its session with it in 1.3 only.
            let pair = try TLSPair(client: client, server: server)
            #expect(sessions.count == (version == .tls13 ? 0 : 1))
            pair.client.abort()
        }
    }

    @Test("The cache is bounded, in all and for one peer, and can be emptied")
    func bounded() throws {
        let sessions = TLSSessionCache(capacity: 5, capacityPerPeer: 2)
        let client = try TestContexts.client(sessions: sessions)
        let server = try TestContexts.server()
        for _ in 0..<4 { _ = try connect(client, server, port: 1) }
        #expect(sessions.count == 2)
        for port in 2...9 { _ = try connect(client, server, port: UInt16(port)) }
        #expect(sessions.count == 5)
        // The newest are kept.
        #expect(try connect(client, server, port: 9).client.isResumed)
        #expect(try !connect(client, server, port: 2).client.isResumed)
        sessions.removeAll()
        #expect(sessions.count == 0)
        #expect(try !connect(client, server, port: 9).client.isResumed)
    }

    @Test("A server that does not know the session any more gets a full handshake", arguments: SecureSocketTests.versions)
    func forgotten(version: TLSVersion) throws {
        let client = try TestContexts.client()
        _ = try connect(client, TestContexts.server(latest: version))
        #expect(try !connect(client, TestContexts.server(latest: version)).client.isResumed)
    }
}
