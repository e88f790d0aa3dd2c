import Reactor

/// One end of an in-memory connection. What is written waits until the link is run, so no delegate is called from within a write.
final class MemoryStream: ByteStream {
    weak var delegate: (any ByteStreamDelegate)?
    fileprivate(set) var outgoing: [UInt8] = []
    fileprivate var finishing = false
    fileprivate(set) var isAborted = false
    /// Whether `finish` was called before the end.
    private(set) var isFinished = false
    /// How often bytes were written: TLS should write once per batch.
    private(set) var writeCount = 0

    var isReceiving = true
    var unsentByteCount: Int { outgoing.count }

    func write(_ bytes: UnsafeRawBufferPointer) {
        guard !isAborted, !isFinished else { return }
        writeCount += 1
        outgoing.append(contentsOf: bytes)
    }

    func finish() {
        guard !isAborted, !isFinished else { return }
        isFinished = true
        finishing = true
    }

    func abort() {
        guard !isAborted else { return }
        isAborted = true
        // The kernel, too, goes on sending what it took.
        finishing = true
        delegate = nil
    }
}

/// Two memory streams that are each other's peer.
final class MemoryLink {
    let client = MemoryStream()
    let server = MemoryStream()
    /// The most bytes delivered in one call.
    let chunkSize: Int
    /// Changes or drops bytes on their way from the server to the client.
    var tamper: (inout [UInt8]) -> Void = { _ in }

    init(chunkSize: Int = 64 * 1024) {
        self.chunkSize = chunkSize
    }

    /// Delivers until nothing is on its way in either direction.
    func run() {
        while deliver(from: client, to: server, tampering: false) || deliver(from: server, to: client, tampering: true) {}
    }

    /// Delivers what the server has sent, and nothing of what the client answers.
    func deliverToClient() {
        _ = deliver(from: server, to: client, tampering: true)
    }

    private func deliver(from sender: MemoryStream, to receiver: MemoryStream, tampering: Bool) -> Bool {
        if !sender.outgoing.isEmpty {
            var bytes = sender.outgoing
            sender.outgoing = []
            if tampering { tamper(&bytes) }
            var rest = bytes[...]
            while !rest.isEmpty {
                let chunk = Array(rest.prefix(chunkSize))
                rest = rest.dropFirst(chunkSize)
                chunk.withUnsafeBytes { bytes in receiver.delegate?.streamReceived(bytes) }
            }
            return true
        }
        guard sender.finishing else { return false }
        sender.finishing = false
        let delegate = receiver.delegate
        receiver.delegate = nil
        delegate?.streamEnded(.clean)
        return true
    }
}
