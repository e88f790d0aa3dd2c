import Configuration
import Discord
import GatewayProtocol
import Logging
import LuaEngine
import Testing
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

    deinit { for thread in threads.values { Self.stop(thread) } }

    private static func stop(_ thread: ScriptThread) {
        thread.end()
        #expect(thread.join(within: .seconds(60)))
    }

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
        if let thread = threads[folder.name] { Self.stop(thread) }
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

    func wait(until condition: () -> Bool) -> Bool { holds(condition) }

    /// Waits for a log line that contains `text`.
    func waitForLog(_ text: String) -> Bool { log.wait(for: text) }

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
