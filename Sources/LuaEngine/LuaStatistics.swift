/// Counts of what a state holds now, for leak tests and `status` outputs.
package struct LuaStatistics: Sendable, Equatable {
    /// Bytes of live and not yet collected objects, as the allocator counts them.
    package var memory: Int
    /// Most bytes ever held at a time.
    package var memoryPeak: Int
    /// References that the host holds, dropped but not yet freed ones included.
    package var references: Int
    /// Runs that wait.
    package var waiting: Int
    /// Coroutines kept ready for the next runs.
    package var pooled: Int
    /// Coroutines of scripts that are alive or not yet collected, those of runs not counted.
    package var coroutines: Int
}
