@testable import Reactor
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A bare listener on loopback whose connections the kernel completes and nobody takes.
final class ListeningSocket {
    let address: SocketAddress
    let socket: CInt
    private let owned: Descriptor

    init(backlog: CInt = 16) throws {
        let descriptor = try Descriptor.tcpSocket(.loopback(port: 0))
        try descriptor.listen(at: .loopback(port: 0), backlog: backlog)
        address = try descriptor.localAddress()!
        socket = descriptor.rawValue
        owned = consume descriptor
    }

    /// A port on which nobody listened a moment ago: the kernel gives ports out in no order that would bring this one back soon.
    static func closedPort() throws -> UInt16 {
        try ListeningSocket().address.port
    }
}

/// A listener whose queue is full, so that the kernel leaves the next connection without an answer, as a firewall would.
final class SilentListener {
    private let listener: ListeningSocket
    private var clients: [CInt] = []

    var address: SocketAddress { listener.address }

    init() throws {
        listener = try ListeningSocket(backlog: 0)
        // One connection more than the backlog fits; the others wait for an answer that does not come.
        for _ in 0..<4 {
            let client = try Descriptor.tcpSocket(listener.address)
            _ = try client.connect(to: listener.address)
            clients.append(client.release())
        }
    }

    deinit {
        for client in clients { close(client) }
    }
}
