internal import LuaEngine

/// Counts the lines of one run that were left out of the log.
struct LineFlood {
    private var run: LuaRun?
    private var count = 0

    /// Notes another one; answers how many this run has had since it last waited.
    mutating func note(_ current: LuaRun?) -> Int {
        if current != run { (run, count) = (current, 0) }
        count += 1
        return count
    }
}
