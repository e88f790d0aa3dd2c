import Discord
import Gateway
import GatewayProtocol
import JSON
import Reactor
import Testing
import WebSocketProtocol

/// A gateway that is slow, silent or out of its mind: each wait ends, and nothing but the connection is lost. Digest, sections 1.4 and 13.2.
@Suite("One shard against a gateway that tries its patience") struct ShardHardshipTests {
    /// Writes one byte at a time, for ever if there are enough of them.
    private func drip(_ bytes: ArraySlice<UInt8>, to peer: TestPeer, in scene: Scene) {
        guard let byte = bytes.first, peer.end == nil else { return }
        peer.write([byte])
        scene.table.reactor.schedule(after: .milliseconds(10)) { drip(bytes.dropFirst(), to: peer, in: scene) }
    }

    /// An unmasked text frame whose payload of 4,000 bytes begins with `text`.
    private func endlessFrame(_ text: String) -> ArraySlice<UInt8> {
        ([0x81, 0x7E, 0x0F, 0xA0] + Array(text.utf8) + [UInt8](repeating: UInt8(ascii: " "), count: 4000 - text.utf8.count))[...]
    }

    // A byte now and then

    @Test("HELLO a byte at a time: the total deadline counts") func slowHello() throws {
        let scene = try Scene { $0.timing.helloDeadline = .milliseconds(80) }
        scene.gateway.onOpen = { peer in
            if peer.index == 0 { drip(endlessFrame(#"{"op":10,"#), to: peer.connection, in: scene) } else { peer.hello() }
        }
        scene.listener.onReady = { _ in scene.done() }
        scene.play()
        #expect(scene.gateway.log.last == "identify 1")
    }

    @Test("READY a byte at a time: IDENTIFY on another connection, never twice on one") func slowReady() throws {
        let scene = try Scene { $0.timing.readyDeadline = .milliseconds(80) }
        scene.gateway.onCommand = { peer, opcode, _ in
            guard opcode == .identify, peer.index == 0 else { return false }
            drip(endlessFrame(#"{"t":"READY","s":1,"#), to: peer.connection, in: scene)
            return true
        }
        scene.listener.onReady = { _ in scene.done() }
        scene.play()
        #expect(scene.gateway.log.filter { $0.hasPrefix("identify") } == ["identify 0", "identify 1"])
    }

    @Test("a replay that goes on and on without RESUMED: RESUME elsewhere, from where it had come") func slowReplay() throws {
        let scene = try Scene { $0.timing.resumedDeadline = .milliseconds(80) }
        func replay(_ peer: GatewayPeer) {
            guard peer.connection.end == nil else { return }
            peer.dispatch("MESSAGE_CREATE", "{}")
            scene.table.reactor.schedule(after: .milliseconds(10)) { replay(peer) }
        }
        var resumedFrom: [Int64] = []
        scene.gateway.onCommand = { peer, opcode, data in
            guard opcode == .resume else { return false }
            resumedFrom.append(data["seq"]?.integerValue ?? -1)
            guard resumedFrom.count == 1 else { return false }
            peer.sequence = 1
            replay(peer)
            return true
        }
        scene.listener.onReady = { _ in scene.gateway.peers[0].reconnect() }
        scene.listener.onResumed = { scene.done() }
        scene.play()
        #expect(resumedFrom.count == 2 && resumedFrom[0] == 1 && resumedFrom[1] > 1)
        #expect(scene.listener.events.count == Int(resumedFrom[1]) - 1)
    }

    @Test("an event a byte at a time: heartbeats that cannot be acknowledged through it end the connection") func slowEvent() throws {
        let scene = try Scene()
        scene.gateway.onOpen = { $0.hello($0.index == 0 ? 60 : 45_000) }
        scene.gateway.onCommand = { peer, opcode, _ in peer.index == 0 && opcode == .heartbeat }
        scene.listener.onReady = { _ in
            drip(endlessFrame(#"{"t":"MESSAGE_CREATE","s":2,"#), to: scene.gateway.peers[0].connection, in: scene)
        }
        scene.listener.onResumed = { scene.done() }
        scene.play()
        #expect(scene.gateway.log.contains("resume 1 seq 1"))
        #expect(scene.listener.events.isEmpty)
    }

    // Sizes

    @Test("17: 30 MB in one event, compressed or not, and a heartbeat right after it", arguments: [TransportCompression.none, .zlibStream, .zstdStream])
    func largeEvent(compression: TransportCompression) throws {
        let scene = try Scene(compression: compression)
        let text = String(repeating: "a", count: 30 << 20)
        scene.listener.onReady = { _ in scene.gateway.peers[0].dispatch("GUILD_CREATE", message(text)) }
        scene.listener.onEvent = { _ in
            scene.gateway.peers[0].send(#"{"op":1,"d":null}"#)
            scene.table.when({ scene.fleet.metrics.snapshot.totals.acknowledgements > 0 }) { scene.done() }
        }
        scene.play(within: .seconds(60))
        #expect(scene.listener.events == ["GUILD_CREATE 2 large"])
        #expect(scene.gateway.peers.count == 1)
    }

    @Test("an event nested a hundred thousand deep is passed on unread; HELLO and READY read past such members") func deepEvent() throws {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let scene = try Scene()
        scene.gateway.onOpen = { $0.send(#"{"op":10,"d":{"_trace":\#(deep),"heartbeat_interval":45000}}"#) }
        scene.gateway.onCommand = { peer, opcode, _ in
            guard opcode == .identify else { return false }
            peer.dispatch(
                "READY",
                #"{"x":\#(deep),"user":{"id":"1","username":"bot"},"session_id":"s","resume_gateway_url":"\#(scene.gateway.server.url)"}"#)
            peer.dispatch("MESSAGE_CREATE", deep)
            return true
        }
        scene.listener.onEvent = { _ in scene.done() }
        scene.play()
        #expect(scene.listener.readies.first?.sessionID == "s")
        #expect(scene.listener.events.count == 1)
    }

    // Nonsense

    @Test("RESUMED ends the replay whatever its sequence: the last one again, a lower one, none", arguments: ["3", "1", "null"])
    func resumedSequence(sequence: String) throws {
        let scene = try Scene()
        scene.gateway.onCommand = { peer, opcode, _ in
            guard opcode == .resume else { return false }
            peer.dispatch("MESSAGE_CREATE", message("missed"), sequence: 3)
            peer.send(#"{"t":"RESUMED","s":\#(sequence),"op":0,"d":{}}"#)
            return true
        }
        scene.listener.onReady = { _ in scene.gateway.peers[0].reconnect() }
        scene.listener.onResumed = { scene.done() }
        scene.play()
        #expect(scene.listener.events == [#"MESSAGE_CREATE 3 {"content":"missed"}"#])
        #expect(scene.fleet.statuses[0].sequence == 3)
    }

    @Test("READY without a sequence is READY") func readyWithoutSequence() throws {
        let scene = try Scene()
        scene.gateway.onCommand = { peer, opcode, _ in
            guard opcode == .identify else { return false }
            peer.send(
                #"{"op":0,"t":"READY","s":null,"d":{"user":{"id":"1","username":"bot"},"session_id":"s","resume_gateway_url":"\#(scene.gateway.server.url)"}}"#
            )
            peer.dispatch("MESSAGE_CREATE", "{}")
            return true
        }
        scene.listener.onEvent = { _ in scene.done() }
        scene.play()
        #expect(scene.listener.readies.count == 1)
    }

    @Test("fuzz: payloads that are none break the stream, not the process", arguments: [
        "", "{", "[]", "null", #"{"op":"zero"}"#, #"{"d":1}"#, "\u{1}",
    ])
    func garbage(payload: String) throws {
        let scene = try Scene()
        scene.listener.onReady = { _ in scene.gateway.peers[0].connection.send(payload.isEmpty ? "x" : payload) }
        scene.listener.onResumed = { scene.done() }
        scene.play()
        #expect(scene.gateway.log.contains("resume 1 seq 1"))
    }

    @Test("an answer to a command in a form that has changed is told of, and costs no connection") func changedAnswers() throws {
        let scene = try Scene()
        scene.listener.onReady = { _ in
            _ = try? scene.fleet.requestMembers(of: Snowflake(rawValue: 5), .all) { _ in }
            scene.gateway.peers[0].dispatch("RATE_LIMITED", #"{"opcode":8,"retry_after":"soon"}"#)
            scene.gateway.peers[0].dispatch("GUILD_MEMBERS_CHUNK", #"{"guild_id":"5","chunk_index":"first"}"#)
            scene.gateway.peers[0].dispatch("MESSAGE_CREATE", "{}")
        }
        scene.listener.onEvent = { _ in scene.done() }
        scene.play()
        #expect(scene.gateway.peers.count == 1)
        let names = scene.listener.notes.compactMap { if case .eventUnreadable(let event, _) = $0.event { event } else { nil } }
        #expect(names == [.rateLimited, .guildMembersChunk])
    }

    @Test("a resume URL with path or query, or one that is none, still leads back", arguments: ["/", "/?v=9&junk=1", "nonsense"])
    func resumeURL(suffix: String) throws {
        let scene = try Scene()
        scene.gateway.onCommand = { peer, opcode, _ in
            guard opcode == .identify else { return false }
            peer.ready(url: suffix == "nonsense" ? suffix : scene.gateway.server.url + suffix)
            peer.reconnect()
            return true
        }
        scene.listener.onResumed = { scene.done() }
        scene.play()
        #expect(scene.gateway.peers[1].connection.target == "/?v=10&encoding=json")
    }

    @Test("a resume URL that would give TLS up is not followed") func plainResumeURL() throws {
        let scene = try Scene(certificates: TestCertificates())
        scene.gateway.onCommand = { peer, opcode, _ in
            guard opcode == .identify else { return false }
            peer.ready(url: "ws://localhost:\(scene.gateway.server.port)")
            peer.reconnect()
            return true
        }
        scene.listener.onResumed = { scene.done() }
        scene.play()
        #expect(scene.gateway.log.contains("resume 1 seq 1"))
        #expect(scene.fleet.metrics.snapshot.totals.failedConnections == 0, "the gateway's own URL, at the first try")
    }

    @Test("text that is not UTF-8 fails the connection (RFC 6455 §8.1), and the session goes on") func notUTF8() throws {
        let scene = try Scene()
        scene.listener.onReady = { _ in scene.gateway.peers[0].connection.write([0x81, 0x02, 0xC3, 0x28]) }
        scene.listener.onResumed = { scene.done() }
        scene.play()
        #expect(scene.gateway.peers[0].connection.closeReceived == .invalidPayload)
        #expect(scene.gateway.log.contains("resume 1 seq 1"))
    }

    @Test("GUILD_DELETE without `unavailable`, and events with ids as numbers, are passed on as they are") func sparse() throws {
        let scene = try Scene()
        scene.fleet.subscriptions = EventSet([.guildDelete, .messageCreate])
        scene.listener.onReady = { _ in
            scene.gateway.peers[0].dispatch("GUILD_DELETE", #"{"id":175928847299117063}"#)
            scene.gateway.peers[0].dispatch("MESSAGE_CREATE", #"{"id":1,"guild_id":2}"#)
        }
        scene.listener.onEvent = { _ in if scene.listener.events.count == 2 { scene.done() } }
        scene.play()
        #expect(scene.listener.events == [#"GUILD_DELETE 2 {"id":175928847299117063}"#, #"MESSAGE_CREATE 3 {"id":1,"guild_id":2}"#])
    }

    @Test("a connection that is closed during the TLS handshake is tried again, with a reason for people") func closedInTLS() throws {
        let scene = try Scene()
        scene.gateway.info.url = "wss://localhost:\(scene.gateway.server.port)"
        var accepted = 0
        scene.gateway.server.onAccept = { stream in
            accepted += 1
            stream.abort()
            if accepted == 3 { scene.done() }
        }
        scene.play()
        let failures = scene.listener.notes.filter { if case .connectionFailed(.tls) = $0.event { true } else { false } }
        #expect(failures.count >= 2)
    }

    // Quiet

    @Test("an idle connection gives its memory up between two heartbeats and reads on", arguments: TransportCompression.allCases)
    func idle(compression: TransportCompression) throws {
        let scene = try Scene(compression: compression)
        func sleeps() -> Int { scene.fleet.metrics.snapshot.totals.hibernations }
        // Asks for a heartbeat, whose acknowledgement is the last that the connection hears for a while.
        func rest(_ next: @escaping () -> Void) {
            let before = sleeps()
            scene.gateway.peers[0].send(#"{"op":1,"d":null}"#)
            scene.table.when({ sleeps() > before }, next)
        }
        scene.listener.onReady = { _ in
            rest { rest { scene.gateway.peers[0].dispatch("MESSAGE_CREATE", message("good morning")) } }
        }
        scene.listener.onEvent = { _ in
            guard scene.listener.events.count == 1 else { return scene.done() }
            rest { scene.gateway.peers[0].dispatch("MESSAGE_CREATE", message("good night")) }
        }
        scene.play()
        #expect(scene.listener.events == [
            #"MESSAGE_CREATE 2 {"content":"good morning"}"#, #"MESSAGE_CREATE 3 {"content":"good night"}"#,
        ])
        #expect(scene.gateway.peers.count == 1)
    }
}
