import Reactor
import TLS
import Testing

/// Connects to a server on this machine over a real socket and reactor, and runs until the connection has ended.
struct LoopbackClient {
    let context: TLSContext
    var host = "localhost"
    /// Runs when the handshake is done.
    var onConnect: (SecureSocket) -> Void = { _ in }
    /// Runs after each delivery, with all that was received so far.
    var onBytes: (SecureSocket, [UInt8]) -> Void = { _, _ in }

    /// What one connection came to.
    struct Observation {
        var failure: TLSFailure?
        var connectFailure: ConnectFailure?
        var version: TLSVersion?
        var isResumed = false
        var received: [UInt8] = []
        var end: StreamEnd?
    }

    func run(port: UInt16) throws -> Observation {
        let reactor = try Reactor()
        let observation = Session(client: self, reactor: reactor)
        let deadline = reactor.schedule(after: .seconds(30)) {
            Issue.record("nothing came of the connection within 30 s")
            reactor.handle.stop()
        }
        _ = TCPConnector.connect(to: "127.0.0.1", port: port, on: reactor, deadline: reactor.now + .seconds(10)) { result in
            observation.connected(result, port: port)
        }
        reactor.run()
        reactor.cancel(deadline)
        return observation.observation
    }

    private final class Session: ByteStreamDelegate {
        let client: LoopbackClient
        let reactor: Reactor
        var observation = Observation()
        var socket: SecureSocket?

        init(client: LoopbackClient, reactor: Reactor) {
            self.client = client
            self.reactor = reactor
        }

        func connected(_ result: Result<TCPStream, ConnectFailure>, port: UInt16) {
            do {
                socket = try SecureSocket.client(
                    over: result.get(), host: client.host, port: port, context: client.context,
                    completion: { self.handshakeEnded($0) })
            } catch {
                observation.connectFailure = error as? ConnectFailure
                observation.failure = error as? TLSFailure
                reactor.handle.stop()
            }
        }

        func handshakeEnded(_ result: Result<SecureSocket, TLSFailure>) {
            switch result {
            case .success(let socket):
                socket.delegate = self
                observation.version = socket.version
                observation.isResumed = socket.isResumed
                client.onConnect(socket)
            case .failure(let failure):
                observation.failure = failure
                reactor.handle.stop()
            }
        }

        func streamReceived(_ bytes: UnsafeRawBufferPointer) {
            observation.received.append(contentsOf: bytes)
            if let socket { client.onBytes(socket, observation.received) }
        }

        func streamEnded(_ end: StreamEnd) {
            observation.end = end
            // Our close_notify, for a peer that waits for it.
            socket?.finish()
            socket?.abort()
            reactor.handle.stop()
        }
    }
}
