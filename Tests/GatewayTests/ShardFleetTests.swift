import Discord
import Gateway
import GatewayProtocol
import JSON
import Reactor
import TLS
import Testing
import WebSocketProtocol

@Suite("A fleet of shards against a scripted gateway") struct ShardFleetTests {
    @Test("18: 32 shards with max_concurrency 16 identify in two waves, in the order of their buckets") func waves() throws {
        let scene = try Scene { $0.identifyInterval = .milliseconds(150) }
        scene.gateway.info.shards = 32
        scene.gateway.info.maxConcurrency = 16
        var order: [Int] = []
        scene.gateway.onCommand = { _, opcode, data in
            if opcode == .identify { order.append(Int(data["shard"]?[0]?.integerValue ?? -1)) }
            return false
        }
        scene.listener.onReady = { _ in if scene.listener.readies.count == 32 { scene.done() } }
        scene.play()
        #expect(order.sorted() == Array(0..<32))
        #expect(order.prefix(16).sorted() == Array(0..<16))
    }

    @Test("19: with 3 session starts left for 8 shards no IDENTIFY is wasted when the fleet shall fail") func budgetFails() throws {
        let scene = try Scene { $0.spentBudget = .fail }
        scene.gateway.info.shards = 8
        scene.gateway.info.remaining = 3
        scene.play()
        guard case .identifyBudgetSpent(needed: 8, remaining: 3, until: _) = scene.listener.failure else {
            Issue.record("\(String(describing: scene.listener.failure))")
            return
        }
        #expect(scene.gateway.log.isEmpty)
        #expect(scene.listener.failure?.description.contains(" UTC") == true)
    }

    @Test("19: or it waits until the budget is whole again, and spends nothing of a rest that is too small", arguments: [0, 3])
    func budgetWaits(remaining: Int) throws {
        let scene = try Scene()
        scene.gateway.info.shards = 4
        scene.gateway.info.maxConcurrency = 4
        scene.gateway.info.remaining = remaining
        scene.gateway.info.resetAfter = .milliseconds(200)
        var asked = 0
        scene.gateway.onInfo = { info in
            asked += 1
            if asked > 1 { info.remaining = 1000 }
        }
        var connectionsWhileWaiting = -1
        scene.gateway.onOpen = { peer in
            if connectionsWhileWaiting < 0 { connectionsWhileWaiting = asked == 1 ? 1 : 0 }
            peer.hello()
        }
        scene.listener.onReady = { _ in if scene.listener.readies.count == 4 { scene.done() } }
        scene.play()
        #expect(connectionsWhileWaiting == 0, "no connection idles meanwhile")
        let notes = scene.listener.notes.filter { if case .waitingForIdentify = $0.event { true } else { false } }
        #expect(notes.count == 1 && notes[0].description.hasPrefix("\(remaining) more logins are allowed today and 4 needed; waiting until 2"))
        #expect(asked == 2)
    }

    @Test("9: a close that is fatal for one shard ends all of them: their sessions are kept, nobody reconnects", arguments: [4004, 4014] as [UInt16])
    func fatalForAll(code: UInt16) throws {
        let scene = try Scene { $0.layout = .all(count: 3) }
        scene.gateway.info.maxConcurrency = 3
        scene.listener.onReady = { _ in
            if scene.listener.readies.count == 3 { scene.gateway.peers[1].connection.close(code) }
        }
        scene.play(failed: {
            scene.table.when({ scene.gateway.peers.allSatisfy { $0.connection.closeReceived != nil } }) { scene.done() }
        })
        #expect(scene.gateway.peers.map { $0.connection.closeReceived?.rawValue } == [4900, code, 4900])
        #expect(scene.fleet.statuses.allSatisfy { $0.phase == .failed || $0.phase == .stopped || $0.phase == .leaving })
        #expect(!scene.listener.phases.contains { if case .backingOff = $0 { true } else { false } })
    }

    @Test("4011 for the recommended shards: the recommendation is asked for again, and all shards start anew") func outgrown() throws {
        let scene = try Scene()
        scene.gateway.info.maxConcurrency = 3
        var asked = 0
        scene.gateway.onInfo = { info in
            asked += 1
            info.shards = asked == 1 ? 2 : 3
        }
        var shards: [String] = []
        scene.gateway.onCommand = { peer, opcode, data in
            guard opcode == .identify else { return false }
            shards.append("\(data["shard"]?[0]?.integerValue ?? -1)/\(data["shard"]?[1]?.integerValue ?? -1)")
            guard shards.count == 2 else { return false }
            peer.connection.close(4011)
            return true
        }
        scene.listener.onReady = { _ in
            if scene.fleet.statuses.count == 3, scene.fleet.statuses.allSatisfy({ $0.phase == .ready }) { scene.done() }
        }
        scene.play()
        #expect(Set(shards.prefix(2)) == ["0/2", "1/2"] && Set(shards.dropFirst(2)) == ["0/3", "1/3", "2/3"])
        #expect(asked == 2)
    }

    @Test("commands go to the shard that owns the guild") func routing() throws {
        let scene = try Scene { $0.layout = .all(count: 3) }
        scene.gateway.info.maxConcurrency = 3
        var received: [String] = []
        scene.gateway.onCommand = { peer, opcode, data in
            switch opcode {
            case .voiceStateUpdate: received.append("voice \(peer.shard)")
            case .requestChannelInfo: received.append("info \(peer.shard)")
            case .requestSoundboardSounds: received.append("sounds \(peer.shard) \(data["guild_ids"]?.arrayValue?.count ?? 0)")
            case .presenceUpdate: received.append("presence \(peer.shard)")
            case .identify: peer.shard = Int(data["shard"]?[0]?.integerValue ?? -1)
            default: break
            }
            return false
        }
        func guild(_ shard: Int, _ number: UInt64 = 0) -> Snowflake { Snowflake(rawValue: (UInt64(shard) + 3 * number) << 22 | 7) }
        scene.listener.onReady = { _ in
            guard scene.listener.readies.count == 3 else { return }
            do {
                try scene.fleet.updateVoiceState(guild: guild(1), channel: nil)
                try scene.fleet.requestChannelInfo(of: guild(2), fields: ["status"])
                try scene.fleet.requestSoundboardSounds(of: [guild(0), guild(0, 5), guild(2)])
                try scene.fleet.updatePresence(Presence(status: .idle))
            } catch { Issue.record(error) }
            scene.table.when({ received.count == 7 }) { scene.done() }
        }
        scene.play()
        #expect(received.sorted() == ["info 2", "presence 0", "presence 1", "presence 2", "sounds 0 2", "sounds 2 1", "voice 1"])
    }

    @Test("a presence set while a shard is offline is in its IDENTIFY, or follows its RESUME") func presence() throws {
        let scene = try Scene()
        var identified: String?, updated: String?
        scene.gateway.onOpen = { peer in
            if peer.index == 0 { _ = try? scene.fleet.updatePresence(Presence(status: .idle)) }
            if peer.index == 1 { _ = try? scene.fleet.updatePresence(Presence(status: .doNotDisturb)) }
            peer.hello()
        }
        scene.gateway.onCommand = { _, opcode, data in
            if opcode == .identify { identified = data["presence"]?["status"]?.stringValue }
            if opcode == .presenceUpdate {
                updated = data["status"]?.stringValue
                scene.done()
            }
            return false
        }
        scene.listener.onReady = { _ in scene.gateway.peers[0].reconnect() }
        scene.play()
        #expect(identified == "idle")
        #expect(updated == "dnd")
    }

    @Test("leaving for good closes with 1000, leaving for a successor in the 4000 range", arguments: [false, true])
    func shutdown(keeping: Bool) throws {
        let scene = try Scene { $0.layout = .all(count: 2) }
        scene.gateway.info.maxConcurrency = 2
        var completed = 0
        scene.listener.onReady = { _ in
            guard scene.listener.readies.count == 2 else { return }
            scene.fleet.shutdown(keepingSessions: keeping) {
                completed += 1
                scene.done()
            }
        }
        scene.play()
        #expect(completed == 1)
        #expect(scene.gateway.peers.map { $0.connection.closeReceived?.rawValue } == (keeping ? [4900, 4900] : [1000, 1000]))
        #expect(scene.fleet.statuses.allSatisfy { $0.phase == .stopped })
    }

    @Test("a gateway that does not answer the Close frame cannot keep the process") func shutdownDeadline() throws {
        let scene = try Scene { $0.shutdownDeadline = .milliseconds(50) }
        scene.gateway.onOpen = { peer in
            peer.connection.answers = false
            peer.hello()
        }
        scene.listener.onReady = { _ in scene.fleet.shutdown { scene.done() } }
        scene.play()
    }

    @Test("GET /gateway/bot is asked again until it answers, and 401 ends the matter") func botInfo() throws {
        let table = try Turntable()
        var answers: [Result<GatewayBotInfo, GatewayBotInfo.Failure>] = [.failure(.unavailable("HTTP 502")), .failure(.unauthorized)]
        let fleet = ShardFleet(
            configuration: GatewayConfiguration(token: Scene.token, intents: []), reactor: table.reactor, tls: try .init(),
            source: { $0(answers.removeFirst()) })
        let listener = FleetListener()
        fleet.delegate = listener
        listener.onFailure = { table.done() }
        table.run { fleet.start() }
        #expect(listener.failure == .tokenRefused)
        #expect(answers.isEmpty)
        #expect(listener.notes.first?.description.contains("HTTP 502") == true)
    }

    @Test("a gateway URL and a layout that are none are said to be", arguments: [
        ("https://discord.com", ShardLayout.automatic), ("nonsense", .automatic), ("wss://x", .all(count: 0)), ("wss://x", .range(2...4, of: 4)),
    ])
    func invalid(url: String, layout: ShardLayout) throws {
        let scene = try Scene { $0.layout = layout }
        scene.gateway.info.url = url
        scene.play()
        switch scene.listener.failure {
        case .invalidGatewayURL(url), .invalidLayout: break
        default: Issue.record("\(String(describing: scene.listener.failure))")
        }
    }

    @Test("a payload that Discord would refuse is refused before it is sent") func tooLarge() throws {
        let scene = try Scene()
        scene.listener.onReady = { _ in
            let guilds = (0..<300).map { Snowflake(rawValue: 1 << 60 + $0) }
            #expect(throws: CommandError.self) { try scene.fleet.requestSoundboardSounds(of: guilds) }
            scene.done()
        }
        scene.play()
        #expect(scene.gateway.log == ["open 0", "identify 0"])
    }
}
