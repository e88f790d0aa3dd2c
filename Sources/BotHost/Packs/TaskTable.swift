internal import LuaEngine

/// The tasks of one generation that have not ended, what is ready to run, and who waits for whom.
struct TaskTable {
    struct Task {
        /// The script's task object.
        let object: LuaReference
        /// Its run's present wait.
        var run: LuaRun
        /// It is to end; if it has not begun, it never will.
        var isCancelled = false
    }

    /// Something that begins or goes on in a later turn.
    enum Step {
        case begin(Int64)
        case cancel(Int64)
        case timer(Int64)
        /// The longest waiting run of those parked under a key.
        case parked(Int64)
    }

    private var tasks: [Int64: Task] = [:]
    private var parked: [Int64: [LuaRun]] = [:]
    /// The runs in `parked`, counting those that were cancelled since and have not been taken out yet.
    private(set) var parkedRuns = 0
    /// At so many parked runs the cancelled ones are taken out.
    private var sweepAt = Self.leastSweep
    /// How many of those parked under a key are to go on. Each key in here is in `ready` once.
    private var unparks: [Int64: Int] = [:]
    private var lastKey: Int64 = 0
    /// What is ready, in order, behind some that has been taken.
    private(set) var ready: [Step] = []
    private var firstReady = 0
    /// Whether somebody has been told to work `ready` off.
    var isPumping = false

    /// Notes a task that has been spawned; answers its key.
    mutating func add(_ object: LuaReference, run: LuaRun) -> Int64 {
        lastKey += 1
        tasks[lastKey] = Task(object: object, run: run)
        ready.append(.begin(lastKey))
        return lastKey
    }

    mutating func note(_ key: Int64, waitsAs run: LuaRun) { tasks[key]?.run = run }

    /// Notes that a task is to end. `false` when it has ended, or this has been noted before.
    mutating func cancel(_ key: Int64) -> Bool {
        guard tasks[key]?.isCancelled == false else { return false }
        tasks[key]?.isCancelled = true
        ready.append(.cancel(key))
        return true
    }

    mutating func forget(_ key: Int64) { tasks[key] = nil }
    /// The task, and forgets it.
    mutating func end(_ key: Int64) -> Task? { tasks.removeValue(forKey: key) }
    subscript(key: Int64) -> Task? { tasks[key] }

    /// Forgets everything; keys are not used again.
    mutating func removeAll() {
        (tasks, ready, firstReady) = ([:], [], 0)
        (parked, parkedRuns, sweepAt, unparks) = ([:], 0, Self.leastSweep, [:])
    }

    // MARK: What is ready

    mutating func append(_ step: Step) { ready.append(step) }
    var isIdle: Bool { firstReady == ready.count }

    mutating func next() -> Step? {
        guard firstReady < ready.count else { return nil }
        let step = ready[firstReady]
        firstReady += 1
        if case .parked(let key) = step { takeUnpark(key) }
        // Not only when all has been taken: tasks that always spawn the next one never let it come to that.
        if firstReady == ready.count || firstReady >= Self.leastSweep && firstReady * 2 >= ready.count {
            (ready, firstReady) = (Array(ready[firstReady...]), 0)
        }
        return step
    }

    // MARK: Parking

    /// Notes that a run waits under a key until it is woken. `isWaiting` tells runs that still do from those that were cancelled.
    mutating func park(_ run: LuaRun, under key: Int64, isWaiting: (LuaRun) -> Bool) {
        // Now and then, so that cancelled ones do not heap up under keys that nobody wakes.
        if parkedRuns >= sweepAt {
            parked = parked.mapValues { $0.filter(isWaiting) }.filter { !$0.value.isEmpty }
            parkedRuns = parked.values.reduce(0) { $0 + $1.count }
            sweepAt = max(Self.leastSweep, 2 * parkedRuns)
        }
        parked[key, default: []].append(run)
        parkedRuns += 1
    }

    /// How many wait under a key.
    mutating func parkedCount(_ key: Int64, isWaiting: (LuaRun) -> Bool) -> Int {
        guard var list = parked.removeValue(forKey: key) else { return 0 }
        parkedRuns -= list.count
        list.removeAll { !isWaiting($0) }
        parkedRuns += list.count
        if !list.isEmpty { parked[key] = list }
        return list.count
    }

    /// Notes that one more of those parked under a key is to go on. `false` when nobody is: whoever parks later waits for the next one, and so looks
    /// before it parks whether it has to.
    ///
    /// As many are remembered as were asked for, also beyond those parked now: who comes meanwhile may park behind them, instead of passing them by.
    mutating func noteUnpark(_ key: Int64) -> Bool {
        guard parked[key] != nil else { return false }
        unparks[key, default: 0] += 1
        if unparks[key] == 1 { ready.append(.parked(key)) }
        return true
    }

    /// One of the noted has its turn; the others get theirs behind what is ready.
    private mutating func takeUnpark(_ key: Int64) {
        guard let count = unparks.removeValue(forKey: key), count > 1 else { return }
        unparks[key] = count - 1
        ready.append(.parked(key))
    }

    /// The run that has waited longest under a key.
    mutating func unpark(_ key: Int64) -> LuaRun? {
        guard var list = parked.removeValue(forKey: key) else { return nil }
        let run = list.removeFirst()
        parkedRuns -= 1
        if !list.isEmpty { parked[key] = list }
        return run
    }

    private static let leastSweep = 64
}
