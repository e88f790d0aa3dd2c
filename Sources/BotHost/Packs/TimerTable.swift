internal import LuaEngine
internal import Reactor

/// The timers of one generation: `bot.after` and `bot.every`.
struct TimerTable {
    struct Entry {
        let name: String
        let function: LuaReference
        /// `nil`: fires once.
        let interval: Duration?
        var token: TimerToken
        /// When it is due; an interval counts from here, so that a slow handler does not make the clock drift.
        var due: ContinuousClock.Instant
        /// It is due and waits for its turn.
        var isReady = false
        /// It fires once and was due while the pack was suspended.
        var isHeld = false
    }

    private var entries: [Int64: Entry] = [:]
    private var lastKey: Int64 = 0

    /// Timers that wait.
    var count: Int { entries.count }

    /// Those that were due once while the pack was suspended, in the order in which they were set.
    var held: [Int64] { entries.filter(\.value.isHeld).keys.sorted() }

    mutating func nextKey() -> Int64 {
        lastKey += 1
        return lastKey
    }

    subscript(key: Int64) -> Entry? {
        get { entries[key] }
        set { entries[key] = newValue }
    }

    mutating func removeAll(_ reactor: Reactor) {
        for entry in entries.values { reactor.cancel(entry.token) }
        entries = [:]
    }
}
