internal import Discord
internal import Synchronization

/// What a client's owner listens to.
final class HandlerRegistry: Sendable {
    typealias Handler = @Sendable (_ payload: Payload, _ shard: Int, _ connection: ClientConnection) async throws -> Void

    private let handlers = Mutex<[EventName: [Handler]]>([:])

    func add(_ event: EventName, _ handler: @escaping Handler) { handlers.withLock { $0[event, default: []].append(handler) } }

    /// Those of one event, in the order in which they were added.
    subscript(event: EventName) -> [Handler] { handlers.withLock { $0[event] ?? [] } }

    /// The events that have any.
    var events: [EventName] { handlers.withLock { Array($0.keys) } }
}
