internal import Configuration
internal import Discord
internal import Gateway
internal import GatewayProtocol
internal import LuaEngine
internal import Logging
internal import Reactor

/// The thread on which packs run: its own event loop, so that a script that spins delays no heartbeat.
final class ScriptThread: Sendable {
    let inbox: EventInbox
    private let handle: ReactorHandle
    private let thread: Thread
    private let runtime: LoopBound<ScriptRuntime>

    /// Starts the thread.
    ///
    /// - Throws: the system's refusal to make a loop, a thread or its CPU clock.
    init(services: any HostServices, limits: LimitSettings, logger: Logger) throws(BotFailure) {
        let inbox = EventInbox(capacity: limits.queueMegabytes << 20)
        self.inbox = inbox
        let started = Handover<Result<Started, BotFailure>>()
        do {
            thread = try Thread.start(name: "scripts", stackSize: max(8 << 20, LuaState.stackBytes)) {
                do {
                    let reactor = try Reactor()
                    try LuaClock.start()
                    let runtime = ScriptRuntime(reactor: reactor, inbox: inbox, services: services, limits: limits, logger: logger)
                    started.give(.success(Started(handle: reactor.handle, runtime: LoopBound(runtime, on: reactor))))
                    reactor.run()
                    LuaClock.stop()
                } catch {
                    started.give(.failure(BotFailure(.failure, "the script thread cannot start: \(error)")))
                }
            }
        } catch {
            throw BotFailure(.failure, "the script thread cannot start: \(error)")
        }
        let parts = try started.take().get()
        (handle, runtime) = (parts.handle, parts.runtime)
    }

    private struct Started: Sendable {
        let handle: ReactorHandle
        let runtime: LoopBound<ScriptRuntime>
    }

    /// Queues an event; see `EventInbox`. `true` asks for a call of `wake`, which may wait until more events are queued.
    func deliver(_ event: EventName, shard: ShardID, sequence: Int64, encoding: PayloadEncoding, payload: UnsafeRawBufferPointer) -> Bool {
        inbox.append(event, shard: shard, sequence: sequence, encoding: encoding, payload: payload) == .queued(wake: true)
    }

    /// Has the packs handle what is queued.
    func wake() { perform { $0.drainInbox() } }

    /// Runs `body` on the thread, after what was posted before.
    func perform(_ body: @escaping @Sendable (ScriptRuntime) -> Void) {
        handle.post { [runtime] in body(runtime.value) }
    }

    /// Closes every pack and ends the thread; returns when it has ended.
    func stop() {
        perform { $0.close() }
        handle.stop()
        thread.join()
    }
}
