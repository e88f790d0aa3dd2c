@testable import LuaEngine

/// A host whose functions are closures, for tests: number n calls `functions[n]`.
final class TestHost: LuaHost {
    typealias Function = (inout LuaCall) -> LuaOutcome

    var functions: [Function] = []
    var modules: [String: LuaModule] = [:]
    var printed: [String] = []
    var overruns: [LuaPosition?] = []

    func call(_ function: LuaFunctionID, _ call: inout LuaCall) -> LuaOutcome { functions[Int(function)](&call) }

    func module(_ name: String, from position: LuaPosition?) -> LuaModule {
        modules[name] ?? .missing(searched: ["\(name).lua"])
    }

    func print(_ line: UnsafeRawBufferPointer, from position: LuaPosition?) {
        printed.append(String(decoding: line, as: UTF8.self))
    }

    func overran(cpu: Duration, at position: LuaPosition?) { overruns.append(position) }
}

/// A state with its host and a few functions most tests want: `wait(...)`, which waits, and `keep(value)`.
final class Bench {
    let host = TestHost()
    let state: LuaState
    var waits: [LuaRun] = []
    var kept: [LuaReference] = []
    /// What was passed to `note(...)`, as JSON-like texts.
    var noted: [String] = []

    init(_ adjust: (inout LuaLimits) -> Void = { _ in }) throws {
        var limits = LuaLimits()
        adjust(&limits)
        try LuaClock.start()
        state = try LuaState(limits: limits, host: host)
        try define("test.wait") { [unowned self] call in
            guard let run = call.wait() else { return .raised }
            waits.append(run)
            return .waiting
        }
        try define("test.keep") { [unowned self] call in
            kept.append(call.arguments.reference(1)!)
            return .returned
        }
        try define("test.note") { [unowned self] call in
            let texts = (0..<call.arguments.count).map { Self.text(call.arguments, $0 + 1) }
            noted.append(texts.joined(separator: " "))
            return .returned
        }
    }

    func define(_ path: String, _ body: @escaping TestHost.Function) throws {
        host.functions.append(body)
        try state.define(path, .function(LuaFunctionID(host.functions.count - 1)))
    }

    /// Runs text and returns how it ended.
    @discardableResult
    func run(_ source: String, chunk: String = "test.lua") -> LuaResult {
        state.run("local test = require 'test';\n" + source, chunk: chunk)
    }

    /// Runs text and returns its results as texts, or the failure's message.
    func value(_ source: String) -> String {
        switch state.run(source, chunk: "test.lua") {
        case .finished: returned
        case .failed(let failure): "\(failure.kind): \(failure.message)"
        case .waiting: "waiting"
        case .stale: "stale"
        }
    }

    /// What the last run returned, as texts joined by spaces.
    var returned: String {
        guard let values = state.returned else { return "(none)" }
        return (0..<values.count).map { Self.text(values, $0 + 1) }.joined(separator: " ")
    }

    static func text(_ values: LuaArguments, _ index: Int) -> String {
        switch values.type(index) {
        case .none, .nil: return "nil"
        case .boolean: return values.isTrue(index) ? "true" : "false"
        case .number: return values.integer(index).map { "\($0)" } ?? "\(values.number(index)!)"
        case .string: return values.string(index)!
        case .table: return (try? values.withJSON(index) { String(decoding: $0, as: UTF8.self) }) ?? "table"
        case .lightUserdata: return "null"
        default: return "\(values.type(index))"
        }
    }
}

extension LuaResult {
    var failure: LuaFailure? {
        if case .failed(let failure) = self { return failure }
        return nil
    }

    var run: LuaRun? {
        if case .waiting(let run) = self { return run }
        return nil
    }
}
