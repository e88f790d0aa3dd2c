/// A session's newest dispatches, kept for RESUME.
struct ReplayBuffer {
    let capacity: Int
    private var entries: [(sequence: Int, dispatch: RenderedDispatch)] = []

    init(capacity: Int) { self.capacity = max(1, capacity) }

    mutating func append(_ dispatch: RenderedDispatch, sequence: Int) {
        // Trimmed in bulk, so that an append costs the same on average however large the buffer is.
        if entries.count >= 2 * capacity { entries.removeFirst(entries.count - capacity + 1) }
        entries.append((sequence, dispatch))
    }

    /// What came after `sequence`, oldest first; `nil` when some of it is no longer kept.
    func entries(after sequence: Int) -> [(sequence: Int, dispatch: RenderedDispatch)]? {
        let kept = entries.suffix(capacity)
        guard let first = kept.first else { return [] }
        guard sequence >= first.sequence - 1 else { return nil }
        return Array(kept.drop { $0.sequence <= sequence })
    }
}
