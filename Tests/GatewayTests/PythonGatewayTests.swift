import Discord
import Gateway
import GatewayProtocol
import TLS
import Testing

/// The whole road against a gateway on Python's websockets, ssl and zlib.
@Suite("A gateway that we did not write", .enabled(if: PythonPeer.isAvailable, "python3-websockets and python3-aiohttp are not installed"))
struct PythonGatewayTests {
    @Test("identifies, is cut off amid an event, resumes with a resumed TLS session, misses nothing", arguments: [
        TransportCompression.none, .zlibStream,
    ])
    func resume(compression: TransportCompression) throws {
        let certificates = try TestCertificates()
        let peer = try PythonPeer("gateway_server.py", certificates.files)
        let table = try Turntable()
        var configuration = GatewayConfiguration(token: Scene.token, intents: [.guildMessages])
        configuration.compression = compression
        configuration.timing.backoffBase = .milliseconds(10)
        let info = GatewayBotInfo(
            url: "wss://localhost:\(peer.port)", shards: 1, total: 1000, remaining: 1000, resetAfter: .seconds(3600), maxConcurrency: 1)
        let fleet = ShardFleet(configuration: configuration, reactor: table.reactor, tls: try certificates.client()) { $0(.success(info)) }
        let listener = FleetListener()
        fleet.delegate = listener
        fleet.subscriptions = EventSet([.messageCreate])
        listener.onEvent = { _ in if listener.events.count == 4 { fleet.shutdown { table.done() } } }
        table.run(within: .seconds(30)) { fleet.start() }
        listener.forget()

        #expect(listener.events.map { $0.prefix(40) } == [
            #"MESSAGE_CREATE 2 {"content": "one"}"#, #"MESSAGE_CREATE 3 {"content": "twotwotwot"#, #"MESSAGE_CREATE 4 {"content": "three"}"#,
            #"MESSAGE_CREATE 5 {"content": "live", "em"#,
        ])
        #expect(listener.resumes == 1 && listener.readies.count == 1)
        let query = "/?v=10&encoding=json" + (compression == .none ? "" : "&compress=zlib-stream")
        var seen: [String] = []
        while let observation = peer.observation() {
            // Python may tell of the first connection's end after the second's beginning.
            if observation != "close 1006" { seen.append(observation) }
            if observation == "close 1000" { break }
        }
        #expect(seen == [
            "open TLSv1.3 resumed=False \(query)", "identify \(Scene.token.exposed)", "open TLSv1.3 resumed=True \(query)", "resume abc 3",
            "close 1000",
        ])
    }
}
