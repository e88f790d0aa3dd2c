import Configuration
import Discord
import GatewayProtocol
import Logging
import REST
import Reactor
import Synchronization
import TestSupport

@testable import BotHost

/// A roster of packs on a loop of its own, without a gateway.
final class RosterScene {
    let folder: TemporaryFolder
    let log = RecordingLog()
    let road = RecordingRoad()
    private let thread: Thread
    private let handle: ReactorHandle
    private let roster: LoopBound<PackRoster>

    private struct Started: Sendable {
        let handle: ReactorHandle
        let roster: LoopBound<PackRoster>
    }

    init(stallPatience: Duration = .seconds(60), _ adjust: (inout LimitSettings) -> Void = { _ in }) throws {
        folder = try TemporaryFolder()
        var limits = LimitSettings()
        // A stall is ten times this.
        limits.cpuStopMilliseconds = 50
        (limits.logLinesPerSecond, limits.logLinesPerMinute) = (10_000, 10_000)
        adjust(&limits)
        let logger = Logger(label: "test", factory: { [log] _ in RecordingLog.Handler(log: log) })
        let started = Handover<Result<Started, any Error>>()
        let services = RecordingServices()
        thread = try Thread.start(name: "roster", stackSize: 1 << 20) { [limits, road] in
            do {
                let reactor = try Reactor()
                let roster = PackRoster(limits, logger: logger, on: reactor, stallPatience: stallPatience)
                let bound = LoopBound(roster, on: reactor)
                roster.road = PackRoster.Road(
                    services: { number in PackServices(number: number, others: services.of("\(number)"), handle: reactor.handle, roster: bound) },
                    setReceiving: { road.note(isReceiving: $0) }, subscribe: { road.note(subscribed: $0) }, allLost: { road.noteAllLost() })
                started.give(.success(Started(handle: reactor.handle, roster: bound)))
                reactor.run()
                roster.stop()
            } catch { started.give(.failure(error)) }
        }
        let parts = try started.take().get()
        (handle, roster) = (parts.handle, parts.roster)
    }

    deinit { stop() }

    /// Ends the loop and the packs, and waits for it.
    func stop() {
        handle.stop()
        thread.join()
    }

    /// As the bot hears it: on the loop, from the pack with this number.
    private struct PackServices: HostServices {
        let number: Int
        let others: any HostServices
        let handle: ReactorHandle
        let roster: LoopBound<PackRoster>

        func subscribe(to events: Set<EventName>) { handle.post { roster.value.note(events, wantedBy: number) } }
        func perform(_ request: RESTRequest, for waiter: Waiter) { others.perform(request, for: waiter) }
        func answer(_ interaction: Snowflake, with request: RESTRequest, for waiter: Waiter) { others.perform(request, for: waiter) }
        func requestMembers(_ request: MemberRequest, for waiter: Waiter) { others.requestMembers(request, for: waiter) }
        func withdraw(_ question: Waiter.Question) { others.withdraw(question) }
        func shards(for waiter: Waiter) { others.shards(for: waiter) }
        func update(_ presence: Presence) {}
        func watch(_ files: Set<String>, for folder: PackFolder) {}
    }

    // MARK: Packs

    func write(_ pack: String, _ source: String) throws {
        try folder.write("\(pack)/main.lua", "local bot = require 'bot'; " + source)
    }

    /// Writes a pack and adds it; why it does not load.
    @discardableResult
    func add(_ pack: String, _ source: String) throws -> BotFailure? {
        try write(pack, source)
        let folder = try PackFolder(path: folder.path(pack))
        return finish { roster, done in
            do throws(BotFailure) { try roster.add(folder) { done($1) } } catch { done(error) }
        }
    }

    func reload(_ pack: String) -> BotFailure? {
        finish { roster, done in roster.reload(roster[pack]!, done) }
    }

    func remove(_ pack: String) {
        _ = finish { roster, done in roster.remove(roster[pack]!) { done(nil) } }
    }

    // MARK: Asking

    func ask<T: Sendable>(_ body: @escaping @Sendable (PackRoster) -> T) -> T {
        let answer = Handover<T>()
        handle.post { [roster] in answer.give(body(roster.value)) }
        return answer.take()
    }

    /// Calls something that answers later, and waits for it.
    func finish(_ body: @escaping @Sendable (PackRoster, @escaping (BotFailure?) -> Void) -> Void) -> BotFailure? {
        let answer = Handover<BotFailure?>()
        handle.post { [roster] in body(roster.value) { answer.give($0) } }
        return answer.take()
    }

    /// Begins something that answers later.
    func begin<T: Sendable>(_ body: @escaping @Sendable (PackRoster, @escaping (T) -> Void) -> Void) -> Handover<T> {
        let answer = Handover<T>()
        handle.post { [roster] in body(roster.value) { answer.give($0) } }
        return answer
    }

    func waitForLog(_ text: String) -> Bool { log.wait(for: text) }

    // MARK: Events

    func deliver(_ json: String, as event: EventName = .messageCreate) {
        let bytes = Array(json.utf8)
        handle.post { [roster] in
            bytes.withUnsafeBytes {
                roster.value.deliver(event, shard: ShardID(index: 0, of: 1), sequence: 1, encoding: .json, payload: $0)
            }
        }
    }

    func say(_ content: String) { deliver(#"{"id":"1","channel_id":"2","content":"\#(content)","author":{"id":"3"}}"#) }
}

/// What a roster asks of its bot.
final class RecordingRoad: Sendable {
    private struct State {
        var receiving: [Bool] = []
        var subscribed: Set<EventName> = []
        var areAllLost = false
    }

    private let state = Mutex(State())

    var receiving: [Bool] { state.withLock { $0.receiving } }
    var subscribed: Set<EventName> { state.withLock { $0.subscribed } }
    var areAllLost: Bool { state.withLock { $0.areAllLost } }

    func note(isReceiving: Bool) { state.withLock { $0.receiving.append(isReceiving) } }
    func note(subscribed: Set<EventName>) { state.withLock { $0.subscribed = subscribed } }
    func noteAllLost() { state.withLock { $0.areAllLost = true } }
}
