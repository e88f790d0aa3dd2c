internal import Configuration
internal import LuaEngine

/// What a pack has asked of REST and the gateway that is not answered yet.
struct RequestAccount {
    private(set) var count = 0
    private(set) var bytes = 0
    /// Runs that wait for an answer.
    private var waiting: Set<LuaRun> = []

    /// Why another request may not be made; `nil` when it may.
    func refusal(ofBytes size: Int, _ limits: LimitSettings) -> String? {
        if count >= limits.requests { return "more than \(limits.requests) requests without an answer" }
        if bytes + size > limits.memoryMegabytes << 20 { return "requests without an answer of more than \(limits.memoryMegabytes) MiB" }
        return nil
    }

    mutating func begin(_ run: LuaRun, bytes size: Int) {
        waiting.insert(run)
        count += 1
        bytes += size
    }

    /// An answer came, whether the run still waited for it or not.
    mutating func end(_ run: LuaRun, bytes size: Int) {
        waiting.remove(run)
        count -= 1
        bytes -= size
    }

    /// The run waits no longer. `false` when it did not wait for an answer.
    mutating func forsake(_ run: LuaRun) -> Bool { waiting.remove(run) != nil }
}
