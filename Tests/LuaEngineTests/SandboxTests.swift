import Testing
@testable import LuaEngine

/// Ways out of the sandbox, each with what it gets.
@Suite("Sandbox") struct SandboxTests {
    struct Attempt: Sendable, CustomTestStringConvertible {
        let name: String, body: String, outcome: String
        init(_ name: String, _ body: String, _ outcome: String) {
            self.name = name
            self.body = body
            self.outcome = outcome
        }
        var testDescription: String { name }
    }

    /// Later releases have no trouble with it.
    static let longRow = LuaVersion.library < LuaVersion(major: 5, minor: 4, release: 7)
        ? "row: an expression has more than 200 indices in a row" : "nil"

    @Test("attempts", arguments: attempts)
    func attempt(_ attempt: Attempt) throws {
        let bench = try Bench { $0.coroutines = 100_000 }
        bench.host.modules["bytecode"] = .source(Array("\u{1b}Lua".utf8), chunk: "bytecode.lua")
        bench.host.modules["itself"] = .source(Array("return require 'itself'".utf8), chunk: "itself.lua")
        try bench.define("test.fail") { call in call.raise(LuaErrorValue(message: "failed")) }
        try bench.define("test.encode") { call in
            do throws(LuaEncodeFailure) {
                try call.arguments.withJSON(1) { call.results.append($0) }
                return .returned
            } catch {
                return call.raise(error.reason)
            }
        }
        try bench.define("test.fails") { [unowned bench] call in
            let function = call.arguments.reference(1)!
            _ = bench.state.call(function)
            return .returned
        }
        let outcome = bench.value(attempt.body)
        #expect(outcome.hasPrefix(attempt.outcome), "\(outcome)")
        // Whatever was tried, the state serves the next run.
        #expect(bench.value("return 1 + 1") == "2")
    }

    @Test("there are at least sixty") func count() { #expect(Self.attempts.count >= 60) }
}
