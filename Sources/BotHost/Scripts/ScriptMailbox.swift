internal import Reactor

/// The way to a pack's thread, for any thread. What comes after the pack has ended is heard by nobody.
struct ScriptMailbox: Sendable {
    let handle: ReactorHandle
    /// Weak, so that an answer on its way keeps no pack alive that was taken away.
    private let runtime: LoopBound<WeakRuntime>

    init(_ runtime: ScriptRuntime) {
        handle = runtime.reactor.handle
        self.runtime = LoopBound(WeakRuntime(runtime), on: runtime.reactor)
    }

    /// Runs `body` on the thread, after what was posted before.
    func perform(_ body: @escaping @Sendable (ScriptRuntime) -> Void) {
        handle.post { [runtime] in
            if let runtime = runtime.value.object { body(runtime) }
        }
    }
}

private final class WeakRuntime {
    weak var object: ScriptRuntime?
    init(_ object: ScriptRuntime) { self.object = object }
}
