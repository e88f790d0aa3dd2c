/// A session's newest dispatches, kept for RESUME.
struct ReplayBuffer {
    struct Entry {
        let sequence: Int
        let dispatch: RenderedDispatch
        /// The injected event whose delivery is reported when this is written.
        let input: Int?
    }

    let capacity: Int
    private var entries: [Entry] = []

    init(capacity: Int) { self.capacity = max(1, capacity) }

    mutating func append(_ entry: Entry) {
        // Trimmed in bulk, so that an append costs the same on average however large the buffer is.
        if entries.count >= 2 * capacity { entries.removeFirst(entries.count - capacity + 1) }
        entries.append(entry)
    }

    /// What came after `sequence`, oldest first; `nil` when some of it is no longer kept.
    func entries(after sequence: Int) -> [Entry]? {
        let kept = entries.suffix(capacity)
        guard let first = kept.first else { return [] }
        guard sequence >= first.sequence - 1 else { return nil }
        return Array(kept.drop { $0.sequence <= sequence })
    }
}
