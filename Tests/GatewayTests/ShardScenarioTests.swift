import Discord
import Gateway
import GatewayProtocol
import JSON
import Reactor
import Testing
import WebSocketProtocol

/// A hostile gateway plays the scenarios of the protocol digest, section 13.2; the numbers are those of its table.
@Suite("One shard against a scripted gateway") struct ShardScenarioTests {
    @Test("HELLO, IDENTIFY, READY, events, in every encoding and compression", arguments: PayloadEncoding.allCases, TransportCompression.allCases)
    func goesOnline(encoding: PayloadEncoding, compression: TransportCompression) throws {
        guard !(encoding == .etf && compression == .payload) else { return }
        let scene = try Scene(encoding: encoding, compression: compression, certificates: TestCertificates())
        var identify = JSONValue.null
        scene.gateway.onCommand = { _, opcode, data in
            if opcode == .identify { identify = data }
            return false
        }
        scene.listener.onReady = { _ in
            let peer = scene.gateway.peers[0]
            peer.dispatch("MESSAGE_CREATE", message("hi"))
            peer.dispatch("PRESENCE_UPDATE", "{}")
            peer.dispatch("SOMETHING_NEW", "{}")
            peer.dispatch("GUILD_CREATE", #"{"id":"5"}"#)
        }
        scene.listener.onEvent = { if $0.hasPrefix("GUILD_CREATE") { scene.done() } }
        scene.play()
        let names = scene.listener.events.map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
        #expect(names == ["MESSAGE_CREATE 2", "SOMETHING_NEW 4", "GUILD_CREATE 5"])
        #expect(scene.gateway.log == ["open 0", "identify 0"])
        let compress = compression.rawValue.hasSuffix("stream") ? "&compress=\(compression.rawValue)" : ""
        #expect(scene.gateway.peers[0].connection.target == "/?v=10&encoding=\(encoding.rawValue)\(compress)")
        #expect(scene.gateway.peers[0].connection.head?.values("Sec-WebSocket-Extensions") == [], "no permessage-deflate towards Discord")
        #expect(identify["compress"]?.boolValue == (compression == .payload ? true : nil))
        #expect(identify["token"]?.stringValue == Scene.token.exposed)
        #expect(identify["intents"]?.integerValue == Int64(1 << 0 | 1 << 9 | 1 << 15))
        #expect(scene.listener.readies.first?.userName == "bot")
        #expect(scene.fleet.metrics.snapshot.totals.unwantedEvents == 2, "READY and PRESENCE_UPDATE, to which nobody subscribed")
    }

    @Test("1: op 7 amid member chunks; the rest comes after RESUME and the request completes")
    func reconnectAmidChunks() throws {
        let scene = try Scene()
        func chunk(_ peer: GatewayPeer, _ index: Int, _ nonce: String) {
            peer.dispatch(
                "GUILD_MEMBERS_CHUNK",
                #"{"guild_id":"5","members":[],"chunk_index":\#(index),"chunk_count":10,"nonce":"\#(nonce)"}"#)
        }
        var nonce = ""
        scene.gateway.onCommand = { peer, opcode, data in
            switch opcode {
            case .requestGuildMembers:
                nonce = data["nonce"]?.stringValue ?? ""
                for index in 0..<3 { chunk(peer, index, nonce) }
                peer.reconnect()
                return true
            case .resume:
                peer.sequence = data["seq"]?.integerValue ?? 0
                for index in 3..<10 { chunk(peer, index, nonce) }
                peer.resumed()
                return true
            default: return false
            }
        }
        var chunks = 0
        scene.listener.onReady = { _ in
            _ = try? scene.fleet.requestMembers(of: Snowflake(rawValue: 5), .all) {
                chunks = (try? $0.get())?.count ?? -1
                scene.done()
            }
        }
        scene.play()
        #expect(chunks == 10)
        #expect(scene.gateway.log.filter { !$0.hasPrefix("end") } == [
            "open 0", "identify 0", "REQUEST_GUILD_MEMBERS 0", "open 1", "resume 1 seq 4",
        ])
        #expect(scene.gateway.peers[0].connection.closeReceived?.rawValue == 4900)
    }

    @Test("1, variant: RESUME is answered by op 9 false; the request is made again in the new session")
    func reconnectAmidChunksAndInvalid() throws {
        let scene = try Scene()
        var requests = 0
        scene.gateway.onCommand = { peer, opcode, data in
            switch opcode {
            case .requestGuildMembers:
                requests += 1
                let nonce = data["nonce"]?.stringValue ?? ""
                let count = requests == 1 ? 2 : 1
                peer.dispatch(
                    "GUILD_MEMBERS_CHUNK",
                    #"{"guild_id":"5","members":[],"chunk_index":0,"chunk_count":\#(count),"nonce":"\#(nonce)"}"#)
                if requests == 1 { peer.reconnect() }
                return true
            case .resume:
                peer.invalidate(false)
                return true
            default: return false
            }
        }
        var chunks = 0
        scene.listener.onReady = { _ in
            guard scene.listener.readies.count == 1 else { return }
            _ = try? scene.fleet.requestMembers(of: Snowflake(rawValue: 5), .users([Snowflake(rawValue: 9)])) {
                chunks = (try? $0.get())?.count ?? -1
                scene.done()
            }
        }
        scene.play()
        #expect(chunks == 1)
        #expect(requests == 2)
    }

    @Test("2: op 7 as the very first message: reconnect, and no IDENTIFY on the first socket") func reconnectFirst() throws {
        let scene = try Scene()
        scene.gateway.onOpen = { $0.index == 0 ? $0.reconnect() : $0.hello() }
        scene.listener.onReady = { _ in scene.done() }
        scene.play()
        #expect(scene.gateway.log.filter { !$0.hasPrefix("end") } == ["open 0", "open 1", "identify 1"])
    }

    @Test("3: op 9 true after RESUME: RESUME again with the same session") func invalidResumable() throws {
        let scene = try Scene()
        var resumes: [String] = []
        scene.gateway.onCommand = { peer, opcode, data in
            guard opcode == .resume else { return false }
            resumes.append("\(data["session_id"]?.stringValue ?? "") \(data["seq"]?.integerValue ?? -1)")
            if resumes.count == 1 { peer.invalidate(true) } else { return false }
            return true
        }
        scene.listener.onReady = { _ in scene.gateway.peers[0].reconnect() }
        scene.listener.onResumed = { scene.done() }
        scene.play()
        #expect(resumes == ["session-0 1", "session-0 1"])
    }

    @Test("4: op 9 false after RESUME, then thrice after IDENTIFY: gateway URL, few IDENTIFYs, then online") func invalidFatal() throws {
        let scene = try Scene()
        var identifies = 0
        scene.gateway.onCommand = { peer, opcode, _ in
            switch opcode {
            case .resume:
                peer.invalidate(false)
                return true
            case .identify:
                identifies += 1
                guard (2...4).contains(identifies) else { return false }
                peer.invalidate(false)
                return true
            default: return false
            }
        }
        scene.listener.onReady = { _ in
            if scene.listener.readies.count == 1 { scene.gateway.peers[0].reconnect() } else { scene.done() }
        }
        scene.play()
        #expect(identifies == 5)
        let pauses = scene.listener.notes.compactMap { note -> Duration? in
            if case .reconnecting(let pause, false) = note.event { pause } else { nil }
        }
        #expect(pauses.count == 4 && zip(pauses, pauses.dropFirst()).allSatisfy { $0 < $1 }, "\(pauses)")
    }

    @Test("5: HELLO never comes, though pings are answered: leave and try again") func noHello() throws {
        let scene = try Scene { $0.timing.helloDeadline = .milliseconds(50) }
        scene.gateway.onOpen = { peer in
            if peer.index < 2 { peer.connection.ping() } else { peer.hello() }
        }
        scene.listener.onReady = { _ in scene.done() }
        scene.play()
        #expect(scene.gateway.peers[0].connection.pongs == 1)
        #expect(scene.listener.notes.count { $0.description == "shard 0/1: left the connection: no HELLO in time" } == 2)
        #expect(scene.gateway.peers[0].connection.closeReceived?.rawValue == 4900)
        #expect(scene.gateway.log.last == "identify 2")
    }

    @Test("6: all ACKs swallowed: one beat unanswered, then close and RESUME, whatever else arrives", arguments: [false, true]) func zombie(eventsFlow: Bool) throws {
        let scene = try Scene()
        func flow() {
            guard scene.gateway.peers.count == 1 else { return }
            scene.gateway.peers[0].dispatch("MESSAGE_CREATE", message("x"))
            scene.table.reactor.schedule(after: .milliseconds(5)) { flow() }
        }
        if eventsFlow { scene.listener.onReady = { _ in flow() } }
        scene.gateway.onOpen = { $0.hello($0.index == 0 ? 150 : 45_000) }
        scene.gateway.onCommand = { peer, opcode, _ in peer.index == 0 && opcode == .heartbeat }
        scene.listener.onResumed = { scene.table.when({ scene.gateway.peers[0].connection.closeReceived != nil }) { scene.done() } }
        scene.play()
        #expect(scene.gateway.peers[0].heartbeats == 1)
        #expect(scene.listener.notes.contains { $0.event == .silence("no acknowledgement of the last heartbeat") })
        #expect(scene.gateway.peers[0].connection.closeReceived?.rawValue == 4900)
    }

    @Test("8: five heartbeats requested in a row are five heartbeats at once") func requestedBeats() throws {
        let scene = try Scene()
        scene.listener.onReady = { _ in
            for _ in 1...5 { scene.gateway.peers[0].send(#"{"op":1,"d":null}"#) }
            scene.table.when({ scene.gateway.peers[0].heartbeats == 5 }) { scene.done() }
        }
        scene.play()
        #expect(scene.fleet.metrics.snapshot.totals.heartbeats == 5)
    }

    @Test("9: close codes that forbid to reconnect end the fleet with their own failure", arguments: [
        (4004, .tokenRefused),
        (4010, .refused(.invalidShard, shard: ShardID(index: 0, of: 1))),
        (4011, .refused(.shardingRequired, shard: ShardID(index: 0, of: 1))),
        (4012, .refused(.invalidAPIVersion, shard: ShardID(index: 0, of: 1))),
        (4013, .refused(.invalidIntents, shard: ShardID(index: 0, of: 1))),
        (4014, .intentsDisallowed(["MESSAGE_CONTENT"])),
    ] as [(UInt16, GatewayFailure)])
    func fatal(code: UInt16, failure: GatewayFailure) throws {
        let scene = try Scene()
        scene.gateway.onCommand = { peer, opcode, _ in
            if opcode == .identify { peer.connection.close(code) }
            return opcode == .identify
        }
        scene.play()
        #expect(scene.listener.failure == failure)
        #expect(scene.gateway.peers.count == 1)
        #expect(!failure.description.contains("\n") && failure.description.contains("\(code)"))
    }

    @Test("10: close codes that end the session lead to a new one", arguments: [4003, 4005, 4007, 4009] as [UInt16])
    func newSession(code: UInt16) throws {
        let scene = try Scene()
        scene.listener.onReady = { _ in
            if scene.listener.readies.count == 1 { scene.gateway.peers[0].connection.close(code) } else { scene.done() }
        }
        scene.play()
        #expect(scene.gateway.log.filter { !$0.hasPrefix("end") } == ["open 0", "identify 0", "open 1", "identify 1"])
    }

    @Test("11: the stream breaks in the middle of a frame: the half payload is dropped, RESUME from the last whole event")
    func resetMidFrame() throws {
        let scene = try Scene()
        scene.listener.onReady = { _ in
            let peer = scene.gateway.peers[0]
            peer.dispatch("MESSAGE_CREATE", message("whole"))
            peer.connection.write([0x81, 0x7E, 0x01, 0x00] + Array(#"{"t":"MESSAGE_CREATE","s":3,"#.utf8))
            scene.table.when({ scene.listener.events.count == 1 }) { peer.connection.drop() }
        }
        scene.gateway.onCommand = { peer, opcode, data in
            guard opcode == .resume else { return false }
            peer.dispatch("MESSAGE_CREATE", message("again"), sequence: 3)
            peer.resumed()
            return true
        }
        scene.listener.onResumed = { scene.done() }
        scene.play()
        #expect(scene.listener.events == [#"MESSAGE_CREATE 2 {"content":"whole"}"#, #"MESSAGE_CREATE 3 {"content":"again"}"#])
        #expect(scene.gateway.log.contains("resume 1 seq 2"))
    }

    @Test("12: a replay that repeats what was seen delivers nothing twice") func replayOverlaps() throws {
        let scene = try Scene()
        scene.listener.onReady = { _ in
            let peer = scene.gateway.peers[0]
            peer.dispatch("MESSAGE_CREATE", message("2"))
            peer.dispatch("MESSAGE_CREATE", message("3"))
            peer.reconnect()
        }
        scene.gateway.onCommand = { peer, opcode, _ in
            guard opcode == .resume else { return false }
            for sequence in 2...5 { peer.dispatch("MESSAGE_CREATE", message("\(sequence)"), sequence: Int64(sequence)) }
            peer.resumed()
            peer.resumed()
            peer.dispatch("GUILD_CREATE", "{}")
            return true
        }
        scene.listener.onEvent = { if $0.hasPrefix("GUILD_CREATE") { scene.done() } }
        scene.play()
        #expect(scene.listener.events.dropLast() == (2...5).map { #"MESSAGE_CREATE \#($0) {"content":"\#($0)"}"# }[...])
        #expect(scene.listener.resumes == 1)
        #expect(scene.fleet.metrics.snapshot.totals.repeatedEvents == 2)
    }

    @Test("13: the same message twice with different sequences is two events: Discord promises no more") func sameMessageTwice() throws {
        let scene = try Scene()
        scene.listener.onReady = { _ in
            for _ in 1...2 { scene.gateway.peers[0].dispatch("MESSAGE_CREATE", message("same")) }
        }
        scene.listener.onEvent = { _ in if scene.listener.events.count == 2 { scene.done() } }
        scene.play()
        #expect(scene.listener.events.count == 2)
    }

    @Test("14: a payload in 500 frames with pings between them", arguments: TransportCompression.allCases)
    func fragments(compression: TransportCompression) throws {
        let scene = try Scene(compression: compression)
        scene.listener.onReady = { _ in
            let peer = scene.gateway.peers[0]
            peer.sequence += 1
            let text = String((0..<500).map { _ in "abcdefghij0123456789".randomElement() ?? "x" })
            let (kind, bytes) = peer.message(#"{"t":"MESSAGE_CREATE","s":2,"op":0,"d":{"content":"\#(text)"}}"#)
            for (index, byte) in bytes.enumerated() {
                peer.connection.sendFragment(kind, [byte], isLast: index == bytes.count - 1)
                if index % 50 == 25 { peer.connection.ping() }
            }
        }
        scene.listener.onEvent = { _ in
            scene.table.when({ scene.gateway.peers[0].connection.pongs > 0 }) { scene.done() }
        }
        scene.play()
        #expect(scene.listener.events.count == 1)
    }

    @Test("15: a zlib payload split inside the flush mark, and two payloads in one message") func zlibCuts() throws {
        let scene = try Scene(compression: .zlibStream)
        scene.listener.onReady = { _ in
            let peer = scene.gateway.peers[0]
            let one = peer.message(#"{"t":"MESSAGE_CREATE","s":2,"op":0,"d":{"content":"1"}}"#).1
            let two = peer.message(#"{"t":"MESSAGE_CREATE","s":3,"op":0,"d":{"content":"2"}}"#).1
            let three = peer.message(#"{"t":"MESSAGE_CREATE","s":4,"op":0,"d":{"content":"3"}}"#).1
            peer.connection.send(.binary, Array(one.dropLast(2)))
            peer.connection.send(.binary, one.suffix(2) + two + three)
        }
        scene.listener.onEvent = { _ in if scene.listener.events.count == 3 { scene.done() } }
        scene.play()
        #expect(scene.listener.events == (1...3).map { #"MESSAGE_CREATE \#($0 + 1) {"content":"\#($0)"}"# })
    }

    @Test("16: a corrupt stream, and a bomb: close, fresh context, RESUME", arguments: [TransportCompression.zlibStream, .zstdStream], [false, true])
    func corrupt(compression: TransportCompression, isBomb: Bool) throws {
        let scene = try Scene(compression: compression) { $0.payloadLimit = 1 << 20 }
        scene.listener.onReady = { _ in
            let peer = scene.gateway.peers[0]
            peer.dispatch("MESSAGE_CREATE", message("good"))
            let padding = String(repeating: "a", count: isBomb ? 2 << 20 : 10)
            var (kind, bytes) = peer.message(#"{"t":"MESSAGE_CREATE","s":3,"op":0,"d":{"content":"\#(padding)"}}"#)
            if !isBomb { for index in bytes.indices { bytes[index] ^= 0x55 } }
            peer.connection.send(kind, bytes)
        }
        scene.listener.onResumed = { scene.table.when({ scene.gateway.peers[0].connection.closeReceived != nil }) { scene.done() } }
        scene.play()
        #expect(scene.gateway.log.contains("resume 1 seq 2"))
        #expect(scene.fleet.metrics.snapshot.totals.brokenStreams == 1)
        #expect(scene.gateway.peers[0].connection.closeReceived?.rawValue == 4900)
    }

    @Test("20: RATE_LIMITED for a member request: it is sent again after the pause, and answered") func rateLimited() throws {
        let scene = try Scene()
        var requests = 0
        scene.gateway.onCommand = { peer, opcode, data in
            guard opcode == .requestGuildMembers else { return false }
            requests += 1
            let nonce = data["nonce"]?.stringValue ?? ""
            if requests == 1 {
                peer.dispatch(
                    "RATE_LIMITED", #"{"opcode":8,"retry_after":0.05,"meta":{"guild_id":"5","nonce":"\#(nonce)"}}"#)
            } else {
                peer.dispatch(
                    "GUILD_MEMBERS_CHUNK", #"{"guild_id":"5","members":[],"chunk_index":0,"chunk_count":1,"nonce":"\#(nonce)"}"#)
            }
            return true
        }
        var answered = false
        scene.listener.onReady = { _ in
            _ = try? scene.fleet.requestMembers(of: Snowflake(rawValue: 5), .query(prefix: "a", limit: 10)) { _ in
                answered = true
                scene.done()
            }
        }
        scene.play()
        #expect(answered && requests == 2)
    }

    @Test("fuzz: unknown opcodes, HELLO twice, READY twice, events without data are taken calmly") func oddities() throws {
        let scene = try Scene()
        scene.listener.onReady = { _ in
            let peer = scene.gateway.peers[0]
            peer.send(#"{"op":77,"d":{"deep":[[[]]]}}"#)
            peer.hello()
            peer.ready(session: "other")
            peer.send(#"{"op":0,"t":"MESSAGE_CREATE","s":10}"#)
            peer.send(#"{"extra":1,"d":{"content":"x"},"op":0,"s":11,"t":"MESSAGE_CREATE"}"#)
        }
        scene.listener.onEvent = { _ in if scene.listener.events.count == 2 { scene.done() } }
        scene.play()
        #expect(scene.listener.events == ["MESSAGE_CREATE 10 ", #"MESSAGE_CREATE 11 {"content":"x"}"#])
        #expect(scene.listener.readies.count == 1)
    }
}
