package import Discord
package import GatewayProtocol

/// What a `ShardFleet` tells its owner, on the reactor thread.
package protocol GatewayDelegate: AnyObject {
    /// An event that was subscribed to, in the shard's order and never twice.
    ///
    /// - Parameters:
    ///   - data: begins with the value of `d`; what may follow the value belongs to the envelope. Valid only during the call. Empty when
    ///     the payload had no `d`.
    func gateway(
        shard: ShardID, dispatched event: EventName, sequence: Int64, data: UnsafeRawBufferPointer, encoding: PayloadEncoding)

    /// An event whose name is not known here, if the subscriptions include those. `name` is Discord's spelling.
    func gateway(
        shard: ShardID, dispatchedUnknown name: UnsafeRawBufferPointer, sequence: Int64, data: UnsafeRawBufferPointer,
        encoding: PayloadEncoding)

    /// Calls `body`, on the reactor thread, once all that was dispatched until now has been handed to whoever handles it. What is saved for the
    /// next process is never ahead of that: events that a crash takes from a queue come again with the RESUME.
    func gateway(onceHandled body: @escaping () -> Void)

    /// A new session began. The READY dispatch itself follows to those who subscribed to it.
    func gateway(shard: ShardID, becameReady ready: Ready)

    /// The session goes on, and what was missed has been delivered.
    func gatewayResumed(shard: ShardID)

    /// The shard's phase changed.
    func gateway(shard: ShardID, entered phase: GatewaySession.Phase)

    /// Something a person may want to read.
    func gateway(noted note: GatewayNote)

    /// The fleet has stopped and will not start again.
    func gatewayFailed(_ failure: GatewayFailure)
}

extension GatewayDelegate {
    /// For those that keep no queue.
    package func gateway(onceHandled body: @escaping () -> Void) { body() }
}
