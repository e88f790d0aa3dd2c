internal import Discord
internal import Gateway
internal import JSON
internal import Reactor

/// Where handlers begin: one thread, so that they begin in the order of their events, and a handler that takes long delays no heartbeat.
/// One that waits makes room for the next.
final class HandlerThread: TaskExecutor {
    let inbox: EventInbox
    private let handle: ReactorHandle
    private let registry: HandlerRegistry
    private let notify: @Sendable (Notice) -> Void

    /// - Parameter handle: of the loop that is the thread.
    init(_ handle: ReactorHandle, registry: HandlerRegistry, configuration: ClientConfiguration) {
        self.handle = handle
        self.registry = registry
        notify = configuration.notify
        inbox = EventInbox(capacity: configuration.queueBytes)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isTaken = handle.post { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
        // What a handler still does after the connection has ended, it does elsewhere.
        if !isTaken { globalConcurrentExecutor.enqueue(ExecutorJob(job)) }
    }

    /// Begins the handlers of everything that waits in the inbox, in a later turn of the thread.
    func drain(for connection: ClientConnection) {
        handle.post { [self] in
            var buffer: [UInt8] = []
            inbox.take(into: &buffer)
            EventInbox.forEach(in: buffer) { begin($0, connection) }
        }
    }

    /// Runs `body` on the thread once the handlers of all that waits now have begun.
    func afterWaiting(_ body: @escaping @Sendable () -> Void) {
        // The first turn comes after that of `drain`, which posts the handlers; the second after those.
        handle.post { [handle] in handle.post { body() } }
    }

    /// Ends the thread after what was posted before.
    func stop() { handle.stop() }

    private func begin(_ event: EventInbox.Event, _ connection: ClientConnection) {
        let (name, shard) = (event.name, event.shard)
        let payload: Payload
        do throws(JSONError) {
            var reader = JSONReader(event.payload)
            payload = Payload(try reader.readValue())
        } catch {
            return notify(Notice(.error, "\(name) on shard \(shard) cannot be read: \(error)"))
        }
        for handler in registry[name] {
            Task(executorPreference: self) { [notify] in
                do { try await handler(payload, shard, connection) } catch {
                    notify(Notice(.error, "a handler of \(name) failed: \(error)"))
                }
            }
        }
    }
}
