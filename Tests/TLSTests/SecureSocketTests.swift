import Certificates
import Reactor
import TLS
import Testing

@Suite("TLS over a byte stream")
struct SecureSocketTests {
    static let versions: [TLSVersion] = [.tls12, .tls13]
    /// Bytes per delivery: one at a time, sizes that cut headers and records, and a full read buffer.
    static let chunkSizes = [1, 4, 5, 6, 1000, 16_389, 64 * 1024]

    func connected(_ version: TLSVersion = .tls13, chunkSize: Int = 64 * 1024) throws -> TLSPair {
        let pair = try TLSPair(client: TestContexts.client(), server: TestContexts.server(latest: version), chunkSize: chunkSize)
        pair.link.run()
        try #require(pair.isConnected)
        return pair
    }

    @Test("Both versions connect and carry bytes both ways, whatever the chunks", arguments: versions, chunkSizes)
    func carriesBytes(version: TLSVersion, chunkSize: Int) throws {
        let pair = try connected(version, chunkSize: chunkSize)
        #expect(pair.client.version == version)
        #expect(pair.server.cipherName == pair.client.cipherName)
        let question = (0..<40_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let answer = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 13) }
        pair.client.write(question)
        pair.server.write(answer)
        pair.link.run()
        #expect(pair.serverDelegate.received == question)
        #expect(pair.clientDelegate.received == answer)
        #expect(pair.clientDelegate.ends.isEmpty)
    }

    @Test("Many records in one chunk reach the delegate in one call", arguments: versions)
    func batchesRecords(version: TLSVersion) throws {
        let pair = try connected(version)
        for index in 0..<40 { pair.server.write([UInt8](repeating: UInt8(index), count: 1300)) }
        pair.link.run()
        #expect(pair.clientDelegate.received.count == 40 * 1300)
        #expect(pair.clientDelegate.callCount == 1)
    }

    @Test("A flight of handshake records is one write below, and so is a message")
    func writesOnce() throws {
        let pair = try connected()
        let before = pair.link.client.writeCount
        #expect(before == 2)  // ClientHello, Finished
        pair.client.write([UInt8](repeating: 1, count: 40_000))
        #expect(pair.link.client.writeCount == before + 1)
    }

    @Test("What is written before the handshake is done is sent after it, and counts as unsent until then")
    func writesEarly() throws {
        let pair = try TLSPair(client: TestContexts.client(), server: TestContexts.server())
        let hello = pair.client.unsentByteCount
        pair.client.write("early ")
        pair.client.write("bird")
        #expect(pair.client.unsentByteCount == hello + 10)
        pair.client.finish()
        pair.client.write("too late")
        pair.link.run()
        #expect(pair.serverDelegate.received == Array("early bird".utf8))
        #expect(pair.serverDelegate.ends == [.clean])
    }

    @Test("close_notify ends one direction; the other goes on (RFC 8446 §6.1)", arguments: versions)
    func halfClose(version: TLSVersion) throws {
        let pair = try connected(version)
        pair.server.write("bye")
        pair.server.finish()
        pair.server.write("not sent")
        pair.link.run()
        #expect(pair.clientDelegate.received == Array("bye".utf8))
        #expect(pair.clientDelegate.ends == [.clean])
        #expect(pair.link.server.isFinished)
        pair.client.write("still here")
        pair.link.run()
        #expect(pair.serverDelegate.received == Array("still here".utf8))
        pair.client.finish()
        pair.link.run()
        #expect(pair.serverDelegate.ends == [.clean])
        #expect(pair.clientDelegate.ends == [.clean])
    }

    @Test("The end of the transport without close_notify is a truncation", arguments: versions, [1, 64 * 1024])
    func truncation(version: TLSVersion, chunkSize: Int) throws {
        let pair = try connected(version, chunkSize: chunkSize)
        pair.server.write("half a mess")
        pair.link.server.finish()
        pair.link.run()
        #expect(pair.clientDelegate.received == Array("half a mess".utf8))
        #expect(pair.clientDelegate.ends == [.truncated])
    }

    @Test("The transport's own failure is passed on")
    func transportFailure() throws {
        let pair = try connected()
        pair.client.streamEnded(.failed("recv: Connection reset by peer"))
        #expect(pair.clientDelegate.ends == [.failed("recv: Connection reset by peer")])
    }

    @Test("A record that was changed on its way fails the stream, after the records before it", arguments: versions)
    func tampering(version: TLSVersion) throws {
        let pair = try connected(version)
        pair.server.write("first")
        pair.server.write("second")
        pair.link.tamper = { $0[$0.count - 1] ^= 1 }
        pair.link.run()
        #expect(pair.clientDelegate.received == Array("first".utf8))
        let end = try #require(pair.clientDelegate.ends.first)
        guard case .failed(let text) = end else {
            Issue.record("ended \(end)")
            return
        }
        #expect(text.hasPrefix("TLS with localhost: the peer broke the protocol: "))
        #expect(pair.clientDelegate.ends.count == 1)
        #expect(pair.link.client.isAborted)
        // The server is told by an alert (RFC 8446 §5.2: bad_record_mac).
        #expect(pair.serverDelegate.ends == [.failed("TLS: the peer refused: it sent the alert 'bad record mac'")])
    }

    @Test("The delegate may abort inside any call, and hears nothing afterwards", arguments: [1, 64 * 1024], [1, 200])
    func abortInside(chunkSize: Int, recordCount: Int) throws {
        let pair = try connected(chunkSize: chunkSize)
        for index in 0..<recordCount { pair.server.write([UInt8](repeating: UInt8(index), count: 1000)) }
        pair.server.finish()
        pair.clientDelegate.onBytes = { [unowned pair] in pair.client.abort() }
        pair.link.run()
        #expect(pair.clientDelegate.callCount == 1)
        #expect(pair.clientDelegate.ends.isEmpty)
        #expect(pair.link.client.isAborted)
        pair.client.write("nothing")
        pair.client.finish()
        pair.client.abort()
        #expect(pair.link.client.outgoing.isEmpty)
    }

    @Test("The completion may abort: then neither bytes nor end are delivered")
    func abortInCompletion() throws {
        let link = MemoryLink()
        let serverContext = try TestContexts.server()
        let delegate = RecordingDelegate()
        let server = try SecureSocket.server(over: link.server, context: serverContext) { result in
            guard case .success(let socket) = result else { return }
            socket.write("hello")
            socket.finish()
        }
        var outcomes = 0
        let context = try TestContexts.client()
        let client = try SecureSocket.client(over: link.client, host: "localhost", port: 1, context: context) { result in
            outcomes += 1
            if case .success(let socket) = result { socket.abort() }
        }
        client.delegate = delegate
        link.run()
        #expect(outcomes == 1)
        #expect(delegate.callCount == 0)
        #expect(delegate.ends.isEmpty)
        withExtendedLifetime(server) {}
    }

    @Test("The owner may drop the socket inside a call")
    func dropInside() throws {
        let link = MemoryLink()
        let delegate = RecordingDelegate()
        var server: SecureSocket? = try SecureSocket.server(over: link.server, context: TestContexts.server()) { _ in }
        var client: SecureSocket?
        let context = try TestContexts.client()
        client = try SecureSocket.client(over: link.client, host: "localhost", port: 1, context: context) { _ in }
        client?.delegate = delegate
        delegate.onBytes = { client = nil }
        link.run()
        server?.write([UInt8](repeating: 1, count: 100_000))
        link.run()
        #expect(delegate.callCount == 1)
        #expect(client == nil)
        server = nil
    }

    @Test("A server flight with any one byte changed has exactly one outcome, and no application data", arguments: versions)
    func changedHandshake(version: TLSVersion) throws {
        let client = try TestContexts.client()
        let server = try TestContexts.server(latest: version)
        var refused = 0
        // Every 7th byte of the first flight, which is about 1 KB: header, ServerHello, certificate, signature.
        for position in stride(from: 0, to: 700, by: 7) {
            let pair = try TLSPair(client: client, server: server)
            var seen = 0
            pair.link.tamper = { bytes in
                if (seen..<seen + bytes.count).contains(position) { bytes[position - seen] ^= 0x41 }
                seen += bytes.count
            }
            pair.link.run()
            pair.link.server.finish()
            pair.link.run()
            #expect(pair.clientOutcomes.count == 1)
            #expect(pair.clientDelegate.received.isEmpty)
            if pair.clientFailure != nil { refused += 1 }
            client.sessions.removeAll()
        }
        // TLS 1.3 ignores a record header's version until encryption begins; nothing else goes unnoticed.
        #expect(refused >= 98)
    }

    @Test("An aborted handshake calls nobody")
    func abortHandshake() throws {
        let pair = try TLSPair(client: TestContexts.client(), server: TestContexts.server())
        pair.client.abort()
        pair.link.run()
        #expect(pair.clientOutcomes.isEmpty)
        #expect(pair.clientDelegate.ends.isEmpty)
        #expect(pair.link.client.isAborted)
    }

    @Test("Connections of one context may take turns in any order")
    func interleaving() throws {
        let client = try TestContexts.client()
        let server = try TestContexts.server()
        let pairs = try (0..<8).map { _ in try TLSPair(client: client, server: server, chunkSize: 777) }
        for pair in pairs { pair.link.run() }
        for round in 0..<3 {
            for (index, pair) in pairs.enumerated() {
                pair.server.write([UInt8](repeating: UInt8(index * 10 + round), count: 20_000))
            }
            for pair in pairs.reversed() { pair.link.run() }
        }
        for (index, pair) in pairs.enumerated() {
            let sent = (0..<3).flatMap { round in [UInt8](repeating: UInt8(index * 10 + round), count: 20_000) }
            #expect(pair.clientDelegate.received == sent)
        }
    }

    @Test("A delegate may write to another connection of the same context while it is called")
    func relaying() throws {
        let client = try TestContexts.client()
        let server = try TestContexts.server()
        let one = try TLSPair(client: client, server: server)
        let two = try TLSPair(client: client, server: server)
        for pair in [one, two] { pair.link.run() }
        var relayed = 0
        one.clientDelegate.onBytes = { [unowned one, unowned two] in
            two.client.write(Array(one.clientDelegate.received[relayed...]))
            relayed = one.clientDelegate.received.count
            one.client.write("taken")
        }
        let message = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 11) }
        one.server.write(message)
        one.link.run()
        two.link.run()
        #expect(two.serverDelegate.received == message)
        #expect(String(decoding: one.serverDelegate.received, as: UTF8.self).hasPrefix("taken"))
    }

    @Test("A peer that demands answers without end and reads none is failed, not buffered for")
    func answerFlood() throws {
        let link = MemoryLink()
        let server = try HostileServer(over: link.server, certificate: TestContexts.loopback.get())
        let delegate = RecordingDelegate()
        let client = try SecureSocket.client(over: link.client, host: "localhost", port: 1, context: TestContexts.client()) { _ in }
        client.delegate = delegate
        link.run()
        var most = 0
        for _ in 0..<20_000 where delegate.ends.isEmpty {
            server.demandKeyUpdate()
            link.deliverToClient()
            most = max(most, client.unsentByteCount)
        }
        let reason = "it demands answers and does not read them"
        #expect(delegate.ends == [.failed("TLS with localhost: the peer broke the protocol: \(reason)")])
        #expect((64 * 1024...66 * 1024).contains(most))
    }

    @Test("A peer that reads the answers may demand any number of them")
    func answersRead() throws {
        let link = MemoryLink()
        let server = try HostileServer(over: link.server, certificate: TestContexts.loopback.get())
        let delegate = RecordingDelegate()
        let client = try SecureSocket.client(over: link.client, host: "localhost", port: 1, context: TestContexts.client()) { _ in }
        client.delegate = delegate
        link.run()
        for _ in 0..<3000 {
            server.demandKeyUpdate()
            link.run()
        }
        #expect(delegate.ends.isEmpty)
    }
}
