internal import Configuration
internal import Discord
internal import Gateway
internal import GatewayProtocol
internal import LuaEngine
internal import Logging
internal import Reactor

/// The thread on which a pack runs: its own event loop, so that a script that spins delays no heartbeat and no other pack.
final class ScriptThread: Sendable {
    let inbox: EventInbox
    private let mailbox: ScriptMailbox
    private let thread: Thread
    private let ended: Handover<Bool>

    /// Starts the thread. The pack is not loaded yet.
    ///
    /// - Throws: the system's refusal to make a loop, a thread or its CPU clock.
    init(_ folder: PackFolder, services: any HostServices, limits: LimitSettings, logger: Logger) throws(BotFailure) {
        let inbox = EventInbox(capacity: limits.queueMegabytes << 20)
        let started = Handover<Result<ScriptMailbox, BotFailure>>()
        let ended = Handover<Bool>()
        (self.inbox, self.ended) = (inbox, ended)
        do {
            thread = try Thread.start(name: folder.name, stackSize: max(8 << 20, LuaState.stackBytes)) {
                do {
                    let reactor = try Reactor()
                    try LuaClock.start()
                    let runtime = ScriptRuntime(folder, reactor: reactor, inbox: inbox, services: services, limits: limits, logger: logger)
                    started.give(.success(runtime.mailbox))
                    withExtendedLifetime(runtime) { reactor.run() }
                    LuaClock.stop()
                } catch {
                    started.give(.failure(BotFailure(.failure, "the thread of pack '\(folder.name)' cannot start: \(error)")))
                }
                ended.give(true)
            }
        } catch {
            throw BotFailure(.failure, "the thread of pack '\(folder.name)' cannot start: \(error)")
        }
        mailbox = try started.take().get()
    }

    /// Queues an event; see `EventInbox`. `true` asks for a call of `wake`, which may wait until more events are queued.
    func deliver(_ event: EventName, shard: ShardID, sequence: Int64, encoding: PayloadEncoding, payload: UnsafeRawBufferPointer) -> Bool {
        inbox.append(event, shard: shard, sequence: sequence, encoding: encoding, payload: payload) == .queued(wake: true)
    }

    /// Has the pack handle what is queued.
    func wake() { perform { $0.drainInbox() } }

    /// Runs `body` on the thread, after what was posted before.
    func perform(_ body: @escaping @Sendable (ScriptRuntime) -> Void) { mailbox.perform(body) }

    /// Closes the pack and ends the thread, as soon as the pack lets it.
    func end() {
        perform { $0.close() }
        mailbox.handle.stop()
    }

    /// Waits for the end. `false` when it has not come by then.
    func join(within time: Duration) -> Bool {
        guard ended.take(within: time) != nil else { return false }
        thread.join()
        return true
    }
}
