import Reactor

/// Remembers what a stream told it.
final class RecordingDelegate: ByteStreamDelegate {
    private(set) var received: [UInt8] = []
    private(set) var callCount = 0
    private(set) var ends: [StreamEnd] = []
    /// Runs after each delivery has been noted.
    var onBytes: () -> Void = {}
    var onEnd: () -> Void = {}

    func streamReceived(_ bytes: UnsafeRawBufferPointer) {
        callCount += 1
        received.append(contentsOf: bytes)
        onBytes()
    }

    func streamEnded(_ end: StreamEnd) {
        ends.append(end)
        onEnd()
    }

    func forget() {
        received = []
        callCount = 0
    }
}
