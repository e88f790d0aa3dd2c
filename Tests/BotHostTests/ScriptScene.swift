import Configuration
import Discord
import Foundation
import GatewayProtocol
import Logging
import LuaEngine
import REST
import Reactor
import Synchronization
import TestSupport

@testable import BotHost

/// Packs on threads of their own, without a gateway: events are handed in, requests and log lines come out.
final class ScriptScene {
    let folder: TemporaryFolder
    let services = RecordingServices()
    let log = RecordingLog()
    /// What packs that are loaded from now on know of READY.
    var ready: ReadyPayload?
    private let limits: LimitSettings
    private let logger: Logger
    /// By the packs' names.
    private(set) var threads: [String: ScriptThread] = [:]

    init(_ adjust: (inout LimitSettings) -> Void = { _ in }) throws {
        folder = try TemporaryFolder()
        var limits = LimitSettings()
        adjust(&limits)
        self.limits = limits
        logger = Logger(label: "test", factory: { [log] _ in RecordingLog.Handler(log: log) })
    }

    deinit { for thread in threads.values { thread.stop() } }

    // MARK: Packs

    /// The thread of the pack that most tests have only one of.
    var thread: ScriptThread { threads["pack"]! }

    func write(_ pack: String, _ source: String, file: String = "main.lua") throws {
        try folder.write("\(pack)/\(file)", source.hasPrefix("return") ? source : "local bot = require 'bot'; " + source)
    }

    /// Writes a pack and loads it on a new thread; the failure, if it has one.
    @discardableResult
    func load(_ pack: String = "pack", _ source: String) throws -> LuaFailure? {
        try write(pack, source)
        return try load(try PackFolder(path: folder.path(pack)))
    }

    func load(_ folder: PackFolder) throws -> LuaFailure? {
        threads[folder.name]?.stop()
        threads[folder.name] = try ScriptThread(folder, services: services.of(folder.name), limits: limits, logger: logger)
        return finish(folder.name) { [ready] runtime, done in
            if let ready { runtime.set(ready: ready) }
            runtime.pack.load(done)
        }
    }

    @discardableResult
    func reload(_ pack: String = "pack", _ source: String? = nil) throws -> LuaFailure? {
        if let source { try write(pack, source) }
        return finish(pack) { runtime, done in runtime.pack.load(done) }
    }

    /// Takes a pack away, as the bot does it.
    func unload(_ pack: String = "pack") {
        _ = finish(pack) { runtime, done in runtime.pack.unload { done(nil) } }
    }

    /// Calls something that answers later, and waits for it.
    func finish(_ pack: String = "pack", _ body: @escaping @Sendable (ScriptRuntime, @escaping (LuaFailure?) -> Void) -> Void) -> LuaFailure? {
        let answer = Handover<LuaFailure?>()
        threads[pack]!.perform { runtime in body(runtime) { failure in answer.give(failure) } }
        return answer.take()
    }

    // MARK: Looking

    func ask<T: Sendable>(_ pack: String = "pack", _ body: @escaping @Sendable (ScriptRuntime) -> T) -> T {
        let answer = Handover<T>()
        threads[pack]!.perform { answer.give(body($0)) }
        return answer.take()
    }

    /// Waits until something holds; `false` after half a minute.
    func wait(until condition: () -> Bool) -> Bool {
        let deadline = Date().addingTimeInterval(30)
        while !condition() {
            if Date() > deadline { return false }
            usleep(1000)
        }
        return true
    }

    /// Waits for a log line that contains `text`.
    func waitForLog(_ text: String) -> Bool { wait(until: { log.lines.contains { $0.contains(text) } }) }

    /// Waits until no handler waits, after everything that was delivered before.
    func settle() -> Bool { wait(until: { ask { $0.waitingCount } == 0 }) }

    // MARK: Events

    /// Hands an event to every pack.
    func deliver(_ json: String, as event: EventName = .messageCreate) {
        let bytes = Array(json.utf8)
        let shard = ShardID(index: 0, of: 1)
        for thread in threads.values {
            let asksForWake = bytes.withUnsafeBytes { thread.deliver(event, shard: shard, sequence: 1, encoding: .json, payload: $0) }
            if asksForWake { thread.wake() }
        }
    }

    func say(_ content: String) { deliver(#"{"id":"1","channel_id":"2","content":"\#(content)","author":{"id":"3"}}"#) }
}

/// Stands in for the reactor thread.
final class RecordingServices: Sendable {
    private struct State {
        var requests: [(RESTRequest, Waiter)] = []
        var presences: [Presence] = []
        var events: [String: Set<EventName>] = [:]
        var files: Set<String> = []
        var reply: (@Sendable (RESTRequest) -> HostReply?)?
        var chunks: [[UInt8]] = []
    }

    private let state = Mutex(State())

    /// How requests are answered at once; those that get `nil`, and all without it, stay open.
    func answer(_ reply: @escaping @Sendable (RESTRequest) -> HostReply?) { state.withLock { $0.reply = reply } }

    /// GUILD_MEMBERS_CHUNK payloads that answer every request for members.
    var chunks: [[UInt8]] {
        get { state.withLock { $0.chunks } }
        set { state.withLock { $0.chunks = newValue } }
    }

    var requests: [RESTRequest] { state.withLock { $0.requests.map(\.0) } }
    var waiters: [Waiter] { state.withLock { $0.requests.map(\.1) } }
    var presences: [Presence] { state.withLock { $0.presences } }
    var files: Set<String> { state.withLock { $0.files } }
    /// What a pack listens to.
    func subscribed(_ pack: String = "pack") -> Set<EventName> { state.withLock { $0.events[pack] ?? [] } }

    /// What the pack with this name has of the reactor thread.
    func of(_ pack: String) -> any HostServices { OfPack(name: pack, all: self) }

    private struct OfPack: HostServices {
        let name: String
        let all: RecordingServices

        func answer(_ interaction: Snowflake, with request: RESTRequest, for waiter: Waiter) { perform(request, for: waiter) }

        func perform(_ request: RESTRequest, for waiter: Waiter) {
            let reply = all.state.withLock { state in
                state.requests.append((request, waiter))
                return state.reply?(request)
            }
            if let reply { waiter.answer(reply) }
        }

        func requestMembers(_ request: MemberRequest, for waiter: Waiter) { waiter.answer(.members(all.chunks, .json)) }
        func shards(for waiter: Waiter) { waiter.answer(.document(Array(#"[{"id":0,"status":"online"}]"#.utf8))) }
        func update(_ presence: Presence) { all.state.withLock { $0.presences.append(presence) } }
        func watch(_ files: Set<String>, for pack: PackFolder) { all.state.withLock { $0.files = files } }
        func subscribe(to events: Set<EventName>) { all.state.withLock { $0.events[name] = events } }
    }
}

/// Keeps log lines as `level [pack] message`.
final class RecordingLog: Sendable {
    private let written = Mutex<[String]>([])

    var lines: [String] { written.withLock { $0 } }

    /// What the pack itself logged with `bot.log.info`.
    func values() -> [String] {
        let prefix = "info [pack] "
        return lines.filter { $0.hasPrefix(prefix) && $0 != prefix + "reloaded" }.map { String($0.dropFirst(prefix.count)) }
    }

    struct Handler: LogHandler {
        let log: RecordingLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let pack = metadata["pack"].map { "\($0)" } ?? "-"
            log.written.withLock { $0.append("\(event.level) [\(pack)] \(event.message)") }
        }
    }
}
