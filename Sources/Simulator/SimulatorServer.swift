import Certificates
package import Discord
import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A stand-in for Discord on loopback: gateway and REST API over TLS, with a world of its own behind them.
///
/// It speaks through another WebSocket (NIOWebSocket) and another TLS (BoringSSL) than Moonwire does, on purpose.
package final class SimulatorServer: Sendable {
    /// Base of the REST routes, such as `https://localhost:40123/api/v10`.
    package let apiURL: String
    /// What GET /gateway answers, such as `wss://localhost:40123`.
    package let gatewayURL: String
    /// The file with the authority's certificate, which a client must trust; `nil` without TLS. Removed by `stop`.
    package var caFile: String? { authority?.path }
    package let port: Int
    package let token: String
    /// Moonbase.
    package let guildID: Snowflake
    /// `#general` of Moonbase.
    package let channelID: Snowflake
    /// The bot's user id and application id.
    package let botID: Snowflake
    /// The person at the keyboard.
    package let personID: Snowflake
    package let personName: String

    private let authority: AuthorityFile?
    private let group: MultiThreadedEventLoopGroup
    private let simulation: NIOLoopBound<Simulation>
    private let listeners: [any NIOCore.Channel]
    /// NIO drops what is asked of a loop that has ended, without a word.
    private let hasStopped = Atomic(false)

    /// Makes the certificates, founds the world and listens on 127.0.0.1 and, where there is one, ::1.
    package static func start(_ configuration: SimulatorConfiguration = SimulatorConfiguration()) async throws(SimulatorFailure) -> SimulatorServer {
        let certificate = configuration.isEncrypted ? try ServerCertificate() : nil
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let world = World(seed: configuration.world, clock: WallClock.now)
        let token = configuration.token ?? Token.made(for: world.botID)
        do {
            let simulation = try await loop.submit {
                NIOLoopBound(Simulation(eventLoop: loop, configuration: configuration, token: token, world: world), eventLoop: loop)
            }.get()
            let listeners = try await Listener(simulation: simulation, tls: certificate?.context, group: group).listen(port: configuration.port)
            let authority = try certificate.map { certificate throws(SimulatorFailure) in try AuthorityFile(pem: certificate.authorityPEM) }
            let server = SimulatorServer(
                configuration, world: world, token: token, authority: authority, group: group, simulation: simulation, listeners: listeners)
            try await loop.submit { [gatewayURL = server.gatewayURL, port = server.port] in
                simulation.value.gatewayURL = gatewayURL
                simulation.value.resumeURL = "\(configuration.isEncrypted ? "wss" : "ws")://127.0.0.1:\(port)"
            }.get()
            return server
        } catch {
            // The group's threads have nothing left to do; a failure to end them would hide the reason of this one.
            try? await group.shutdownGracefully()
            throw error as? SimulatorFailure ?? SimulatorFailure("cannot listen on port \(configuration.port): \(Self.reason(error))")
        }
    }

    private init(
        _ configuration: SimulatorConfiguration, world: World, token: String, authority: AuthorityFile?,
        group: MultiThreadedEventLoopGroup, simulation: NIOLoopBound<Simulation>, listeners: [any NIOCore.Channel]
    ) {
        port = listeners.first?.localAddress?.port ?? 0
        apiURL = "\(configuration.isEncrypted ? "https" : "http")://localhost:\(port)/api/v10"
        gatewayURL = "\(configuration.isEncrypted ? "wss" : "ws")://localhost:\(port)"
        self.token = token
        guildID = world.homeGuildID
        channelID = world.generalChannelID
        botID = world.botID
        personID = world.personID
        personName = world.seed.personName
        self.authority = authority
        self.group = group
        self.simulation = simulation
        self.listeners = listeners
    }

    /// Drops all connections, stops listening and removes the CA file. Calling it twice does no harm.
    package func stop() async {
        guard !hasStopped.exchange(true, ordering: .sequentiallyConsistent) else { return }
        authority?.remove()
        // Both only fail when they are done already.
        for listener in listeners { try? await listener.close() }
        try? await group.next().submit { [simulation] in
            simulation.value.gateway.cutAll()
            simulation.value.connections.cutAll()
        }.get()
        try? await group.shutdownGracefully()
    }

    /// The system's words for `error`, without the call that NIO puts around them.
    private static func reason(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return String(cString: strerror(error.errnoCode))
    }

    /// Runs `body` where the simulation lives.
    func onLoop<Value: Sendable>(
        _ body: @escaping @Sendable (Simulation) throws(SimulatorFailure) -> Value
    ) async throws(SimulatorFailure) -> Value {
        try requireRunning()
        let simulation = simulation
        return try await unwrapped(group.next().submit { try body(simulation.value) })
    }

    /// As `onLoop`, for what takes time.
    func onLoopFuture<Value: Sendable>(
        _ body: @escaping @Sendable (Simulation) -> EventLoopFuture<Value>
    ) async throws(SimulatorFailure) -> Value {
        try requireRunning()
        let simulation = simulation
        return try await unwrapped(group.next().flatSubmit { body(simulation.value) })
    }

    private func requireRunning() throws(SimulatorFailure) {
        if hasStopped.load(ordering: .sequentiallyConsistent) { throw SimulatorFailure("the simulator has stopped") }
    }

    private func unwrapped<Value: Sendable>(_ future: EventLoopFuture<Value>) async throws(SimulatorFailure) -> Value {
        do {
            return try await future.get()
        } catch {
            throw error as? SimulatorFailure ?? SimulatorFailure("the simulator has stopped (\(error))")
        }
    }
}
