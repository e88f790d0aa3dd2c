import Reactor

/// An HTTP proxy that opens tunnels to this machine.
final class TestProxy {
    private(set) var requests: [String] = []
    private var listener: TCPListener?
    private var tunnels: [Tunnel] = []

    init(on reactor: Reactor) throws {
        listener = try TCPListener(at: .loopback(port: 0), on: reactor) { [unowned self] stream in
            tunnels.append(Tunnel(stream, self, reactor))
        }
    }

    var port: UInt16 { listener?.address.port ?? 0 }

    private final class Tunnel: ByteStreamDelegate {
        private let client: TCPStream
        private unowned let proxy: TestProxy
        private let reactor: Reactor
        private var head: [UInt8] = []
        private var target: TCPStream?
        private var back: Back?
        private var connector: TCPConnector?

        init(_ client: TCPStream, _ proxy: TestProxy, _ reactor: Reactor) {
            self.client = client
            self.proxy = proxy
            self.reactor = reactor
            client.delegate = self
        }

        func streamReceived(_ bytes: UnsafeRawBufferPointer) {
            if let target { return target.write(bytes) }
            head += bytes
            let text = String(decoding: head, as: UTF8.self)
            guard text.hasSuffix("\r\n\r\n"), connector == nil else { return }
            proxy.requests.append(text)
            let port = text.split(separator: " ")[1].split(separator: ":").last.flatMap { UInt16($0) } ?? 0
            connector = TCPConnector.connect(to: "127.0.0.1", port: port, on: reactor, deadline: reactor.now + .seconds(5)) { [unowned self] in
                guard case .success(let stream) = $0 else { return }
                target = stream
                back = Back(client)
                stream.delegate = back
                Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8).withUnsafeBytes { client.write($0) }
            }
        }

        func streamEnded(_ end: StreamEnd) { target?.abort() }
    }

    private final class Back: ByteStreamDelegate {
        private let client: TCPStream
        init(_ client: TCPStream) { self.client = client }
        func streamReceived(_ bytes: UnsafeRawBufferPointer) { client.write(bytes) }
        func streamEnded(_ end: StreamEnd) { client.finish() }
    }
}
