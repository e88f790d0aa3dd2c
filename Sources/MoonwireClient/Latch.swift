internal import Synchronization

/// A value that comes once, and that any number of tasks wait for.
final class Latch<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var waiters: [Int: CheckedContinuation<Value?, Never>] = [:]
        var waiterCount = 0
    }

    private let state = Mutex(State())

    /// Whether the value is there.
    var isFulfilled: Bool { state.withLock { $0.value != nil } }

    /// Gives the value to those who wait, now and later. Only the first one counts.
    func fulfil(_ value: Value) {
        let waiters = state.withLock { state -> [CheckedContinuation<Value?, Never>] in
            guard state.value == nil else { return [] }
            state.value = value
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: value) }
    }

    /// The value, as soon as it is there; `nil` when the calling task is cancelled before.
    func value() async -> Value? {
        let number = state.withLock { state in
            state.waiterCount += 1
            return state.waiterCount
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isSettled = state.withLock { state in
                    // A cancellation that came before is seen here; a later one finds the waiter in its place.
                    if state.value != nil || Task.isCancelled { return true }
                    state.waiters[number] = continuation
                    return false
                }
                if isSettled { continuation.resume(returning: state.withLock { $0.value }) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume(returning: nil)
        }
    }
}
