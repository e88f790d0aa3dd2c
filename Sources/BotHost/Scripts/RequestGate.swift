/// Lets a few of a pack's requests go at a time, in order, where a limit is shared: a pack that asks for hundreds waits for itself, not the others
/// for it. Confined to the reactor thread.
final class RequestGate {
    private let limit: Int
    private var waiting: ArraySlice<() -> Void> = []
    private var underWay = 0

    init(limit: Int) { self.limit = limit }

    /// Calls `request` as soon as fewer than the limit are under way. It ends with a call of `leave`.
    func enter(_ request: @escaping () -> Void) {
        guard underWay < limit else { return waiting.append(request) }
        underWay += 1
        request()
    }

    /// A request has ended.
    func leave() {
        underWay -= 1
        guard underWay < limit, let next = waiting.popFirst() else { return }
        underWay += 1
        next()
    }

    /// Forgets what waits.
    func close() { waiting = [] }
}

@available(*, unavailable)
extension RequestGate: Sendable {}
