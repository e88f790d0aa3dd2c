import Testing
@testable import LuaEngine

@Suite("References") struct LuaReferenceTests {
    @Test("a dropped reference frees its value at the next entry, from whichever thread it was dropped")
    func dropping() async throws {
        let bench = try Bench()
        let before = bench.state.statistics.references
        for _ in 0..<100 { _ = bench.run("test.keep({})") }
        #expect(bench.state.statistics.references == before + 100)
        let kept = bench.kept
        bench.kept = []
        await Task.detached { _ = kept.count }.value
        bench.kept = []
        withExtendedLifetime(kept) {}
    }

    @Test("counts return to where they were")
    func counts() throws {
        let bench = try Bench()
        let before = bench.state.statistics.references
        for _ in 0..<1000 { _ = bench.run("test.keep(function() end)") }
        bench.kept.removeAll()
        bench.state.collectGarbage()
        #expect(bench.state.statistics.references == before)
    }

    @Test("memory returns to where it was after ten thousand handlers came and went")
    func noLeak() throws {
        let bench = try Bench()
        func round() {
            for _ in 0..<100 { _ = bench.run("test.keep(function() return {} end) test.wait()") }
            for reference in bench.kept { _ = bench.state.call(reference) }
            for run in bench.waits { _ = bench.state.cancel(run) }
            bench.kept.removeAll()
            bench.waits.removeAll()
            bench.state.collectGarbage()
        }
        let references = bench.state.statistics.references
        round()
        let memory = bench.state.statistics.memory
        for _ in 0..<20 { round() }
        #expect(bench.state.statistics.memory <= memory + 4096)
        #expect(bench.state.statistics.references == references)
        #expect(bench.state.statistics.waiting == 0)
    }

    @Test("a reference of nil is nil, and outliving the state does nothing")
    func outliving() throws {
        var bench: Bench? = try Bench()
        _ = bench!.run("test.keep(nil) test.keep({})")
        let kept = bench!.kept
        #expect(bench!.state.call(kept[0]).failure?.message == "attempt to call a nil value")
        bench!.kept.removeAll()
        bench!.state.close()
        #expect(bench!.state.call(kept[1]).failure?.kind == .unavailable)
        bench = nil
        #expect(kept.count == 2)
    }
}
