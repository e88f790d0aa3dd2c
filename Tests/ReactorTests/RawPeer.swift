import Testing
@testable import Reactor
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The other end of a `TCPStream` as a bare socket, to do what a stream of ours never would.
final class RawPeer {
    let socket: CInt
    private var owned: Descriptor?

    private init(_ descriptor: consuming Descriptor) {
        socket = descriptor.rawValue
        owned = consume descriptor
    }

    /// Connects a stream on `reactor` to a bare socket. `body` gets both in a turn of the reactor; the stream's delegate is `recorder`.
    static func open(on reactor: Reactor, recorder: StreamRecorder, _ body: @escaping (TCPStream, RawPeer) -> Void) throws {
        let listener = try Descriptor.tcpSocket(.loopback(port: 0))
        try listener.listen(at: .loopback(port: 0), backlog: 8)
        let port = try listener.localAddress()!.port
        let socket = Box<CInt>(listener.release())
        _ = TCPConnector.connect(to: "127.0.0.1", port: port, on: reactor, deadline: reactor.now + .seconds(20)) { result in
            do throws(ConnectFailure) {
                let stream = try result.get()
                stream.delegate = recorder
                // The kernel completes the handshake by itself, so the connection waits here already.
                let accepted = accept(socket.value, nil, nil)
                close(socket.value)
                let peer = RawPeer(Descriptor(accepted))
                try? peer.owned!.setNonBlockingCloseOnExec()
                reactor.schedule(after: .seconds(60)) { withExtendedLifetime((recorder, peer)) {} }
                body(stream, peer)
            } catch {
                Issue.record(error)
                reactor.handle.stop()
            }
        }
    }

    enum Read: Equatable {
        case bytes([UInt8])
        case nothing
        case end
    }

    /// Reads at most `limit` bytes of what is there.
    func read(limit: Int = 65536) -> Read {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
            count = recv(socket, buffer.baseAddress, limit, 0)
            initialized = max(count, 0)
        }
        return count > 0 ? .bytes(bytes) : count == 0 ? .end : .nothing
    }

    /// Calls `body` about every millisecond with what there is to read, until the end of the stream, which it gets too.
    func poll(on reactor: Reactor, limit: Int = 65536, _ body: @escaping (Read) -> Void) {
        let read = read(limit: limit)
        if read != .nothing { body(read) }
        guard read != .end, owned != nil else { return }
        reactor.schedule(after: .milliseconds(1)) { self.poll(on: reactor, limit: limit, body) }
    }

    func write(_ text: String) {
        #expect(send(socket, Array(text.utf8), text.utf8.count, 0) == text.utf8.count)
    }

    /// Ends the connection with RST instead of FIN.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        owned = nil
    }

    func hangUp() {
        owned = nil
    }
}
