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
    private var lastKey: Int64 = 0
    /// What is ready, in order.
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
    mutating func cancel(_ key: Int64) {
        guard tasks[key] != nil else { return }
        tasks[key]?.isCancelled = true
        ready.append(.cancel(key))
    }

    mutating func forget(_ key: Int64) { tasks[key] = nil }
    /// The task, and forgets it.
    mutating func end(_ key: Int64) -> Task? { tasks.removeValue(forKey: key) }
    subscript(key: Int64) -> Task? { tasks[key] }

    /// Forgets everything; keys are not used again.
    mutating func removeAll() { (tasks, parked, ready, firstReady) = ([:], [:], [], 0) }

    // MARK: What is ready

    mutating func append(_ step: Step) { ready.append(step) }
    var isIdle: Bool { firstReady == ready.count }

    mutating func next() -> Step? {
        guard firstReady < ready.count else { return nil }
        defer {
            firstReady += 1
            if firstReady == ready.count { (ready, firstReady) = ([], 0) }
        }
        return ready[firstReady]
    }

    // MARK: Parking

    /// Notes that a run waits under a key until it is woken. `isWaiting` tells runs that still do from those that were cancelled.
    mutating func park(_ run: LuaRun, under key: Int64, isWaiting: (LuaRun) -> Bool) {
        var list = parked.removeValue(forKey: key) ?? []
        // Now and then, so that cancelled ones do not heap up under a key that nobody wakes.
        if list.count >= 8 && list.count & (list.count - 1) == 0 { list.removeAll { !isWaiting($0) } }
        list.append(run)
        parked[key] = list
    }

    /// How many wait under a key.
    mutating func parkedCount(_ key: Int64, isWaiting: (LuaRun) -> Bool) -> Int {
        guard var list = parked.removeValue(forKey: key) else { return 0 }
        list.removeAll { !isWaiting($0) }
        if !list.isEmpty { parked[key] = list }
        return list.count
    }

    /// The run that has waited longest under a key.
    mutating func unpark(_ key: Int64) -> LuaRun? {
        guard var list = parked.removeValue(forKey: key) else { return nil }
        let run = list.removeFirst()
        if !list.isEmpty { parked[key] = list }
        return run
    }
}
