import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Testing

@testable import Simulator

@Suite("Stopping the simulator") struct StoppingTests {
    @Test("an idle client is cut off, not asked: one that answers no close_notify would hold the end up for seconds")
    func idleClient() async throws {
        let server = try await SimulatorServer.start()
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(try #require(server.caFile))
        let tls = try NIOSSLContext(configuration: configuration)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let greeted = loop.makePromise(of: Void.self)
        let ended = loop.makePromise(of: Bool.self)
        let channel = try await ClientBootstrap(group: loop).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: "localhost"))
                try channel.pipeline.syncOperations.addHandler(Onlooker(greeted: greeted, endedUncleanly: ended))
            }
        }.connect(host: "127.0.0.1", port: server.port).get()
        try await greeted.futureResult.get()
        await server.stop()
        #expect(try await ended.futureResult.get())
        try await channel.closeFuture.get()
    }
}

/// Waits for the end of the TLS handshake and then of the connection.
private final class Onlooker: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let greeted: EventLoopPromise<Void>
    /// Whether the connection ended without close_notify.
    private let endedUncleanly: EventLoopPromise<Bool>

    init(greeted: EventLoopPromise<Void>, endedUncleanly: EventLoopPromise<Bool>) {
        (self.greeted, self.endedUncleanly) = (greeted, endedUncleanly)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { greeted.succeed() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case NIOSSLError.uncleanShutdown = error { endedUncleanly.succeed(true) }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { endedUncleanly.succeed(false) }
}
