import Reactor

/// The testee in the server's role, for the suite's fuzzing client.
final class EchoServer {
    private let reactor: Reactor
    private var listener: TCPListener?
    private var connections: [ObjectIdentifier: EchoConnection] = [:]

    init(port: UInt16, on reactor: Reactor) throws(IOFailure) {
        self.reactor = reactor
        listener = try TCPListener(at: .loopback(port: port), on: reactor) { [weak self] in self?.accept($0) }
    }

    /// The port the kernel gave when port 0 was asked for.
    var port: UInt16 { listener?.address.port ?? 0 }

    private func accept(_ stream: TCPStream) {
        let key = ObjectIdentifier(stream)
        connections[key] = EchoConnection(server: stream, on: reactor) { [weak self] _ in
            // After the callback: the connection must not lose its last owner while it runs.
            self?.reactor.nextTurn { self?.connections[key] = nil }
        }
    }
}
