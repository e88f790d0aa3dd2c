import Discord
import Gateway
import GatewayProtocol

/// Records what a fleet tells.
final class FleetListener: GatewayDelegate {
    /// `NAME sequence data`, in order.
    var events: [String] = []
    var readies: [Ready] = []
    var resumes = 0
    var phases: [GatewaySession.Phase] = []
    var notes: [GatewayNote] = []
    var failure: GatewayFailure?
    var onEvent: (String) -> Void = { _ in }
    var onReady: (ShardID) -> Void = { _ in }
    var onResumed: () -> Void = {}
    var onFailure: () -> Void = {}
    /// Holds back what waits for the handlers, which have not come to their events yet, instead of letting it go on.
    var handlersAreBehind = false
    private(set) var waiting: [() -> Void] = []

    func forget() {
        onEvent = { _ in }
        onReady = { _ in }
        onResumed = {}
        onFailure = {}
    }

    func gateway(shard: ShardID, dispatched event: EventName, sequence: Int64, data: UnsafeRawBufferPointer, encoding: PayloadEncoding) {
        record(event.description, sequence, data, encoding)
    }

    func gateway(
        shard: ShardID, dispatchedUnknown name: UnsafeRawBufferPointer, sequence: Int64, data: UnsafeRawBufferPointer,
        encoding: PayloadEncoding
    ) {
        record(String(decoding: name, as: UTF8.self), sequence, data, encoding)
    }

    private func record(_ name: String, _ sequence: Int64, _ data: UnsafeRawBufferPointer, _ encoding: PayloadEncoding) {
        guard data.count < 1 << 20 else {
            events.append("\(name) \(sequence) large")
            return onEvent(events[events.count - 1])
        }
        var reader = PayloadReader(data, encoding: encoding)
        let range = (try? reader.skipValue()) ?? 0..<0
        let value = String(decoding: data[range].prefix(100), as: UTF8.self)
        events.append(encoding == .json ? "\(name) \(sequence) \(value)" : "\(name) \(sequence)")
        onEvent(events[events.count - 1])
    }

    func gateway(onceHandled body: @escaping () -> Void) {
        if handlersAreBehind { waiting.append(body) } else { body() }
    }

    func gateway(shard: ShardID, becameReady ready: Ready) {
        readies.append(ready)
        onReady(shard)
    }

    func gatewayResumed(shard: ShardID) {
        resumes += 1
        onResumed()
    }

    func gateway(shard: ShardID, entered phase: GatewaySession.Phase) { phases.append(phase) }
    func gateway(noted note: GatewayNote) { notes.append(note) }

    func gatewayFailed(_ failure: GatewayFailure) {
        self.failure = failure
        onFailure()
    }
}
