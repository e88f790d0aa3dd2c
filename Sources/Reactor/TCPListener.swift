#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Accepts TCP connections at one address of this machine.
package final class TCPListener: ReadinessHandler {
    /// Where it listens, with the port that the kernel chose if it was asked for port 0.
    package let address: SocketAddress

    private let reactor: Reactor
    /// `nil`, as the socket, once closed: a closure that refers to its own listener must not keep both for ever.
    private var accept: ((TCPStream) -> Void)?
    private var socket: Descriptor?
    private var registration: Registration?
    private var pause: TimerToken?

    /// Listens until `close`, and lives until then.
    ///
    /// - Parameters:
    ///   - backlog: connections that the kernel holds for us between two turns.
    ///   - accept: takes each connection; it sets the stream's delegate before it returns.
    /// - Throws: `EADDRINUSE` when the port is taken, `EACCES` for a port below 1024 without the right to it.
    package init(
        at address: SocketAddress, backlog: CInt = 128, on reactor: Reactor, accept: @escaping (TCPStream) -> Void
    ) throws(IOFailure) {
        let socket = try Descriptor.tcpSocket(address)
        try socket.listen(at: address, backlog: backlog)
        self.address = try socket.localAddress() ?? address
        self.reactor = reactor
        self.accept = accept
        let descriptor = socket.rawValue
        self.socket = consume socket
        registration = try reactor.register(descriptor, for: .readable, handler: self)
    }

    /// Stops listening; accepted streams go on. Idempotent.
    package func close() {
        if let pause = pause.take() { reactor.cancel(pause) }
        if let registration = registration.take() { reactor.unregister(registration) }
        if let socket = socket.take() { _ = consume socket }
        accept = nil
    }

    package func ready(_ readiness: Readiness) {
        // A share of those that wait; the rest are reported again.
        for _ in 0..<16 {
            do throws(IOFailure) {
                guard let connection = try socket?.accept() ?? nil else { return }
                accept?(try TCPStream(adopting: connection, on: reactor))
            } catch {
                switch error.code {
                case EMFILE, ENFILE, ENOBUFS, ENOMEM: return pauseAccepting()
                // The connection died while it waited, or Linux hands its network error to us; the next one is none the worse.
                default: continue
                }
            }
        }
    }

    /// With no descriptor left the waiting connection would be reported for ever: give the others time to end.
    private func pauseAccepting() {
        guard let registration else { return }
        reactor.update(registration, for: [])
        pause = reactor.schedule(after: .milliseconds(100)) { [self] in
            pause = nil
            reactor.update(registration, for: .readable)
        }
    }
}

@available(*, unavailable)
extension TCPListener: Sendable {}
