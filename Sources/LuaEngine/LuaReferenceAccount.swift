import Synchronization

/// The references of one state that were dropped and still hold a slot of its registry.
final class LuaReferenceAccount: Sendable {
    private let dropped = Mutex<[Int32]>([])
    /// Whether `dropped` may hold something: looked at before every run, so that the lock is taken only when it is worth it.
    private let hasDropped = Atomic(false)

    func release(_ slot: Int32) {
        dropped.withLock { $0.append(slot) }
        hasDropped.store(true, ordering: .releasing)
    }

    @inline(__always) var mayHoldDropped: Bool { hasDropped.load(ordering: .relaxed) }

    /// Hands each dropped slot to `free` once. Script thread only.
    @inline(never) func drain(_ free: (Int32) -> Void) {
        guard hasDropped.exchange(false, ordering: .acquiring) else { return }
        var slots: [Int32] = []
        dropped.withLock { swap(&slots, &$0) }
        for slot in slots { free(slot) }
    }
}
