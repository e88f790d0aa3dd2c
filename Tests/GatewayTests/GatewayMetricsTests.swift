import Discord
import Gateway
import GatewayProtocol
import JSON
import Testing

@Suite("What is counted at the gateway") struct GatewayMetricsTests {
    @Test("one snapshot has bytes, messages, events by name, latency, reconnects, resumes, identifies and what was shed") func snapshot() throws {
        let scene = try Scene(compression: .zlibStream)
        let inbox = EventInbox(capacity: 100)
        scene.fleet.metrics.shedCounts = { inbox.shedCounts }
        scene.gateway.onOpen = { $0.hello($0.index == 0 ? 20 : 45_000) }
        scene.listener.onReady = { _ in
            let peer = scene.gateway.peers[0]
            peer.dispatch("MESSAGE_CREATE", message("one"))
            peer.dispatch("PRESENCE_UPDATE", "{}")
            peer.dispatch("MESSAGE_CREATE", message("two"))
            peer.dispatch("SOMETHING_NEW", "{}")
            scene.table.when({ peer.heartbeats >= 2 }) { peer.reconnect() }
        }
        scene.listener.onResumed = { scene.done() }
        scene.play()
        [UInt8](repeating: 0, count: 60).withUnsafeBytes { bytes in
            for _ in 0..<3 { _ = inbox.append(.presenceUpdate, shard: ShardID(index: 0, of: 1), sequence: 1, encoding: .json, payload: bytes) }
        }

        let metrics = scene.fleet.metrics.snapshot
        #expect(metrics[.messageCreate] == (2, 0) && metrics[.presenceUpdate] == (1, 2) && metrics[.ready] == (1, 0) && metrics[.resumed] == (1, 0))
        let totals = metrics.totals
        #expect(totals.unknownEvents == 1 && totals.repeatedEvents == 0)
        #expect(totals.connections == 2 && totals.reconnects == 1 && totals.failedConnections == 0)
        #expect(totals.identifies == 1 && totals.sessions == 1 && totals.resumes == 1 && totals.resumedSessions == 1)
        #expect(totals.heartbeats >= 2 && (1...totals.heartbeats).contains(totals.acknowledgements))
        // HELLO twice, READY, four events, op 7, RESUMED, and the acknowledgements.
        #expect(totals.messages == 9 + totals.acknowledgements && totals.payloads == totals.messages)
        #expect(totals.payloadBytes > totals.wireBytes / 2 && totals.wireBytes > 0)
        #expect(totals.commandsSent == 2 + totals.heartbeats && totals.bytesSent > 100)
        #expect(metrics.shards.map(\.phase) == [.ready] && metrics.shards[0].latency != nil && metrics.shards[0].sequence == 6)
    }

    @Test("a later fleet of the same bot goes on counting") func twoFleets() throws {
        let metrics = GatewayMetrics()
        for round in 1...2 {
            let scene = try Scene(metrics: metrics)
            scene.listener.onReady = { _ in scene.fleet.shutdown { scene.done() } }
            scene.play()
            #expect(metrics.snapshot.totals.sessions == round && metrics.snapshot.totals.reconnects == 0)
            #expect(metrics.snapshot.shards.map(\.phase) == [.stopped])
        }
    }
}
