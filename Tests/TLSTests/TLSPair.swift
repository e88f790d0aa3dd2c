import Certificates
import Reactor
import TLS

/// A client and a server of ours over an in-memory link.
final class TLSPair {
    let link: MemoryLink
    let client: SecureSocket
    let server: SecureSocket
    let clientDelegate = RecordingDelegate()
    let serverDelegate = RecordingDelegate()
    private(set) var clientOutcomes: [Result<Void, TLSFailure>] = []
    private(set) var serverOutcomes: [Result<Void, TLSFailure>] = []

    /// Connects without delivering anything yet.
    init(
        client clientContext: TLSContext, server serverContext: TLSContext, host: String = "localhost", port: UInt16 = 443,
        chunkSize: Int = 64 * 1024
    ) throws {
        link = MemoryLink(chunkSize: chunkSize)
        let clientBox = OutcomeBox()
        let serverBox = OutcomeBox()
        server = try SecureSocket.server(over: link.server, context: serverContext) { serverBox.add($0) }
        client = try SecureSocket.client(over: link.client, host: host, port: port, context: clientContext) { clientBox.add($0) }
        clientBox.pair = self
        serverBox.pair = self
        clientBox.path = \.clientOutcomes
        serverBox.path = \.serverOutcomes
        client.delegate = clientDelegate
        server.delegate = serverDelegate
    }

    /// Hands outcomes to the pair, which does not exist yet when the sockets are made.
    private final class OutcomeBox {
        weak var pair: TLSPair?
        var path: ReferenceWritableKeyPath<TLSPair, [Result<Void, TLSFailure>]>?

        func add(_ result: Result<SecureSocket, TLSFailure>) {
            guard let pair, let path else { return }
            pair[keyPath: path].append(result.map { _ in () })
        }
    }

    /// Why the client's handshake failed; nil if it did not, or has not ended.
    var clientFailure: TLSFailure? {
        if case .failure(let failure)? = clientOutcomes.first { failure } else { nil }
    }

    /// Whether both handshakes were reported as done, each once.
    var isConnected: Bool {
        clientOutcomes.count == 1 && serverOutcomes.count == 1 && clientFailure == nil
            && (try? serverOutcomes[0].get()) != nil
    }
}

extension SecureSocket {
    func write(_ bytes: [UInt8]) { bytes.withUnsafeBytes { self.write($0) } }
    func write(_ text: String) { write(Array(text.utf8)) }
}
