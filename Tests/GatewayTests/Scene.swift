import Discord
import Gateway
import GatewayProtocol
import Reactor
import TLS
import Testing

/// A fleet, a scripted gateway and their common reactor.
final class Scene {
    let table: Turntable
    let gateway: ScriptedGateway
    let listener = FleetListener()
    let fleet: ShardFleet

    /// The waits of a scene are short, so that scenarios with pauses in them end soon.
    /// - Parameter certificates: for a gateway behind TLS.
    init(
        encoding: PayloadEncoding = .json, compression: TransportCompression = .none, certificates: TestCertificates? = nil, metrics: GatewayMetrics = GatewayMetrics(),
        configure: (inout GatewayConfiguration) -> Void = { _ in }
    ) throws {
        table = try Turntable()
        gateway = try ScriptedGateway(on: table.reactor, encoding: encoding, tls: certificates?.server())
        var configuration = GatewayConfiguration(token: Scene.token, intents: [.guilds, .guildMessages, .messageContent])
        configuration.encoding = encoding
        configuration.compression = compression
        configuration.identifyInterval = .milliseconds(20)
        configuration.timing.backoffBase = .milliseconds(10)
        configuration.timing.backoffCap = .milliseconds(50)
        configuration.timing.invalidSessionPause = .milliseconds(10)...(.milliseconds(20))
        configure(&configuration)
        let source = gateway
        fleet = ShardFleet(
            configuration: configuration, reactor: table.reactor, tls: try certificates?.client() ?? TLSContext(), metrics: metrics,
            source: { source.source($0) })
        fleet.delegate = listener
        fleet.subscriptions = EventSet([.messageCreate, .guildCreate], includesUnknown: true)
    }

    static let token: BotToken = {
        do { return try BotToken("MTIz.AbCdEf.secret_secret_secret") } catch { preconditionFailure("\(error)") }
    }()

    /// Starts the fleet and turns the table until `done`.
    /// - Parameter failed: what follows when the fleet gives up; the end of the scene unless told otherwise.
    func play(within limit: Duration = .seconds(20), sourceLocation: SourceLocation = #_sourceLocation, failed: (() -> Void)? = nil) {
        listener.onFailure = failed ?? { [table] in table.done() }
        table.run(within: limit, sourceLocation: sourceLocation) { fleet.start() }
        // What a scenario hung up here holds the scene.
        listener.forget()
        gateway.forget()
        fleet.traces = []
    }

    func done() { table.done() }
}

func message(_ text: String) -> String { #"{"content":"\#(text)"}"# }
