#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One socket on its way to one address.
final class ConnectAttempt: ReadinessHandler {
    private let reactor: Reactor
    private let completion: (Result<TCPStream, IOFailure>) -> Void
    /// `nil` once the attempt has ended.
    private var socket: Descriptor?
    private var registration: Registration?

    /// Begins to connect. `completion` is called once, from a later turn, unless `cancel` comes first.
    /// - Throws: a failure that shows at once, such as `ENETUNREACH` for a family without a route.
    init(to address: SocketAddress, on reactor: Reactor, completion: @escaping (Result<TCPStream, IOFailure>) -> Void) throws(IOFailure) {
        self.reactor = reactor
        self.completion = completion
        let socket = try Descriptor.tcpSocket(address)
        // A connection that stands already is writable, so one way serves both.
        _ = try socket.connect(to: address)
        let descriptor = socket.rawValue
        self.socket = consume socket
        registration = try reactor.register(descriptor, for: .writable, handler: self)
    }

    /// Closes the socket. Idempotent.
    func cancel() {
        if let registration = registration.take() { reactor.unregister(registration) }
        if let socket = socket.take() { _ = consume socket }
    }

    func ready(_ readiness: Readiness) {
        if let registration = registration.take() { reactor.unregister(registration) }
        guard let socket = socket.take() else { return }
        let result: Result<TCPStream, IOFailure>
        do throws(IOFailure) {
            try socket.checkConnected()
            result = .success(try TCPStream(adopting: socket, on: reactor))
        } catch {
            result = .failure(error)
        }
        completion(result)
    }
}
