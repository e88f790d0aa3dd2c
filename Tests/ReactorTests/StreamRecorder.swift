@testable import Reactor

/// A stream's delegate that notes what it is told and lets a test react.
final class StreamRecorder: ByteStreamDelegate {
    private(set) var received: [UInt8] = []
    private(set) var end: StreamEnd?
    private(set) var callsAfterEnd = 0
    var onReceive: (UnsafeRawBufferPointer) -> Void = { _ in }
    var onEnd: (StreamEnd) -> Void = { _ in }

    func streamReceived(_ bytes: UnsafeRawBufferPointer) {
        if end != nil { callsAfterEnd += 1 }
        received.append(contentsOf: bytes)
        onReceive(bytes)
    }

    func streamEnded(_ end: StreamEnd) {
        if self.end != nil { callsAfterEnd += 1 }
        self.end = end
        onEnd(end)
    }
}

extension ByteStream {
    func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { write($0) }
    }

    func write(_ text: String) {
        write(Array(text.utf8))
    }
}

/// Both ends of a TCP connection over loopback on one reactor, each with its recorder.
final class Connection {
    let client: TCPStream
    let server: TCPStream
    let clientSide = StreamRecorder()
    let serverSide = StreamRecorder()

    private init(_ client: TCPStream, _ server: TCPStream) {
        self.client = client
        self.server = server
        client.delegate = clientSide
        server.delegate = serverSide
    }

    /// Connects through a listener of its own and hands the connection to `body` in a turn of the reactor. The recorders, like
    /// every delegate, are only held by the connection, so it stays until the loop ends.
    static func open(on reactor: Reactor, _ body: @escaping (Connection) -> Void) throws {
        let accepted = Box<TCPStream?>(nil)
        let connected = Box<TCPStream?>(nil)
        let keeper = Box<(Connection, TCPListener)?>(nil)
        let listener = Box<TCPListener?>(nil)
        func paired() {
            guard let client = connected.value, let server = accepted.value, keeper.value == nil else { return }
            let connection = Connection(client, server)
            listener.value?.close()
            keeper.value = (connection, listener.value!)
            reactor.schedule(after: .seconds(60)) { withExtendedLifetime(keeper) {} }
            body(connection)
        }
        listener.value = try TCPListener(at: .loopback(port: 0), on: reactor) { stream in
            accepted.value = stream
            paired()
        }
        _ = TCPConnector.connect(
            to: "127.0.0.1", port: listener.value!.address.port, on: reactor, deadline: reactor.now + .seconds(20)
        ) { result in
            connected.value = try? result.get()
            paired()
        }
    }
}
