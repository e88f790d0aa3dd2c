/// Lets a few of a pack's requests go at a time, in order, where a limit is shared: a pack that asks for hundreds waits for itself, not the others
/// for it. Confined to the reactor thread.
final class RequestGate<Key: Equatable> {
    private struct Request {
        let key: Key
        let begin: () -> Void
        let turnAway: () -> Void
    }

    private let limit: Int
    private var waiting: ArraySlice<Request> = []
    private var underWay = 0
    private var isLettingIn = false

    init(limit: Int) { self.limit = limit }

    /// Calls `begin` as soon as fewer than the limit are under way. What begins ends with a call of `leave`.
    ///
    /// - Parameter turnAway: called instead when the request is withdrawn before.
    func enter(_ key: Key, turnAway: @escaping () -> Void, _ begin: @escaping () -> Void) {
        guard underWay < limit else { return waiting.append(Request(key: key, begin: begin, turnAway: turnAway)) }
        underWay += 1
        begin()
    }

    /// A request has ended.
    func leave() {
        underWay -= 1
        // One that ends at once comes back here: the others are let in by the loop that let it in, not deeper and deeper.
        guard !isLettingIn else { return }
        isLettingIn = true
        defer { isLettingIn = false }
        while underWay < limit, let next = waiting.popFirst() {
            underWay += 1
            next.begin()
        }
    }

    /// Turns a request away if it still waits.
    func withdraw(_ key: Key) {
        guard let index = waiting.firstIndex(where: { $0.key == key }) else { return }
        waiting.remove(at: index).turnAway()
    }

    /// Forgets what waits.
    func close() { waiting = [] }
}

@available(*, unavailable)
extension RequestGate: Sendable {}
