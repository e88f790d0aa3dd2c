import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// Accepts connections on loopback and gives each its pipeline: TLS, HTTP/1.1, and on upgrade the gateway.
struct Listener: Sendable {
    let simulation: NIOLoopBound<Simulation>
    let tls: NIOSSLContext?
    let group: MultiThreadedEventLoopGroup

    /// Listens on 127.0.0.1 and, on the same port, on ::1 if the machine has it. Port 0 lets the kernel choose.
    func listen(port: Int) async throws -> [any NIOCore.Channel] {
        let first = try await bootstrap.bind(host: "127.0.0.1", port: port).get()
        // Without IPv6, or with the port taken there, IPv4 serves alone: clients try every address of `localhost`.
        let second = try? await bootstrap.bind(host: "::1", port: first.localAddress?.port ?? port).get()
        return [first] + (second.map { [$0] } ?? [])
    }

    private var bootstrap: ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture { try equip(channel) }
            }
    }

    private func equip(_ channel: any NIOCore.Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        simulation.value.connections.add(channel)
        if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
        let requests = HTTPConnection(rest: simulation.value.rest)
        let bound = NIOLoopBound(requests, eventLoop: channel.eventLoop)
        try pipeline.configureHTTPServerPipeline(
            withServerUpgrade: (upgraders: [upgrader], completionHandler: { context in
                context.pipeline.syncOperations.removeHandler(bound.value, promise: nil)
            }))
        try pipeline.addHandler(requests)
    }

    /// Every path upgrades: a client that mangles the URL is told by the gateway's close code, not by HTTP.
    private var upgrader: NIOWebSocketServerUpgrader {
        NIOWebSocketServerUpgrader(
            maxFrameSize: 1 << 16,
            automaticErrorHandling: true,
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(HTTPHeaders()) },
            upgradePipelineHandler: { [simulation] channel, head in
                channel.eventLoop.makeCompletedFuture {
                    let connection = GatewayConnection(gateway: simulation.value.gateway, request: head)
                    try channel.pipeline.syncOperations.addHandler(connection)
                }
            })
    }
}
