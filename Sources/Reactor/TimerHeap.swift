/// Timers ordered by deadline, and among equal deadlines by the order in which they were scheduled.
///
/// A binary heap of small nodes; each node names a slot that holds the action and knows the node's position, so that a timer is
/// cancelled or moved in O(log n) without a search. Slots are reused under a new generation.
struct TimerHeap {
    typealias Action = () -> Void

    private struct Node {
        var deadline: ContinuousClock.Instant
        var order: UInt64
        var slot: UInt32

        func precedes(_ other: Node) -> Bool {
            deadline == other.deadline ? order < other.order : deadline < other.deadline
        }
    }

    private struct Slot {
        var generation: UInt32 = 0
        var position = 0
        /// `nil` in a slot that waits to be used again.
        var action: Action?
    }

    private var nodes: [Node] = []
    private var slots: [Slot] = []
    private var freeSlots: [UInt32] = []
    /// The place in the order of scheduling that the next timer takes.
    private(set) var nextOrder: UInt64 = 0

    /// Timers that wait.
    var count: Int { nodes.count }

    /// When the first timer is due; `nil` when none waits.
    var nextDeadline: ContinuousClock.Instant? { nodes.first?.deadline }

    mutating func insert(at deadline: ContinuousClock.Instant, _ action: @escaping Action) -> TimerToken {
        let slot: UInt32
        if let free = freeSlots.popLast() {
            slot = free
        } else {
            slot = UInt32(slots.count)
            slots.append(Slot())
        }
        slots[Int(slot)].action = action
        nodes.append(Node(deadline: deadline, order: takeOrder(), slot: slot))
        siftUp(nodes.count - 1)
        return TimerToken(slot: slot, generation: slots[Int(slot)].generation)
    }

    /// Moves a waiting timer to `deadline`; `false` if `token` names none.
    mutating func move(_ token: TimerToken, to deadline: ContinuousClock.Instant) -> Bool {
        guard let position = position(of: token) else { return false }
        nodes[position].deadline = deadline
        nodes[position].order = takeOrder()
        restore(position)
        return true
    }

    /// Takes a waiting timer out and returns its action; `nil` if `token` names none.
    ///
    /// The action comes back so that the caller releases it after this access to the heap has ended: what it captured may
    /// cancel timers of its own when it goes.
    mutating func remove(_ token: TimerToken) -> Action? {
        guard let position = position(of: token) else { return nil }
        return remove(at: position)
    }

    /// Takes out the first timer if it is due at `now` and was scheduled before `order`.
    mutating func popDue(at now: ContinuousClock.Instant, scheduledBefore order: UInt64 = .max) -> Action? {
        guard let first = nodes.first, first.deadline <= now, first.order < order else { return nil }
        return remove(at: 0)
    }

    private func position(of token: TimerToken) -> Int? {
        guard token.slot < slots.count else { return nil }
        let slot = slots[Int(token.slot)]
        return slot.generation == token.generation && slot.action != nil ? slot.position : nil
    }

    private mutating func takeOrder() -> UInt64 {
        defer { nextOrder += 1 }
        return nextOrder
    }

    private mutating func remove(at position: Int) -> Action? {
        let slot = Int(nodes[position].slot)
        let last = nodes.removeLast()
        if position < nodes.count {
            nodes[position] = last
            restore(position)
        }
        let action = slots[slot].action.take()
        slots[slot].generation &+= 1
        freeSlots.append(UInt32(slot))
        return action
    }

    /// Puts the node at `position` where its deadline belongs, and records where that is.
    private mutating func restore(_ position: Int) {
        if position > 0, nodes[position].precedes(nodes[(position - 1) / 2]) {
            siftUp(position)
        } else {
            siftDown(position)
        }
    }

    private mutating func siftUp(_ start: Int) {
        let node = nodes[start]
        var position = start
        while position > 0 {
            let parent = (position - 1) / 2
            guard node.precedes(nodes[parent]) else { break }
            place(nodes[parent], at: position)
            position = parent
        }
        place(node, at: position)
    }

    private mutating func siftDown(_ start: Int) {
        let node = nodes[start]
        var position = start
        while true {
            var child = 2 * position + 1
            guard child < nodes.count else { break }
            if child + 1 < nodes.count, nodes[child + 1].precedes(nodes[child]) { child += 1 }
            guard nodes[child].precedes(node) else { break }
            place(nodes[child], at: position)
            position = child
        }
        place(node, at: position)
    }

    private mutating func place(_ node: Node, at position: Int) {
        nodes[position] = node
        slots[Int(node.slot)].position = position
    }
}
