import Synchronization

/// The references of one state that were dropped and still hold a slot of its registry.
final class LuaReferenceAccount: Sendable {
    private let dropped = Mutex<[Int32]>([])

    func release(_ slot: Int32) {
        dropped.withLock { $0.append(slot) }
    }

    /// Hands each dropped slot to `free` once. Script thread only.
    func drain(_ free: (Int32) -> Void) {
        var slots: [Int32] = []
        dropped.withLock { swap(&slots, &$0) }
        for slot in slots { free(slot) }
    }
}
