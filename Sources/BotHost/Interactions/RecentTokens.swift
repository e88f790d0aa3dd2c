/// The newest tokens of interactions, by their hashes: many are remembered, and no secret is.
struct RecentTokens {
    private var hashes: Set<Int> = []
    /// The same, oldest first from `next` on.
    private var ring: [Int] = []
    private var next = 0

    /// More than come within a token's life, but at the busiest of bots.
    static let capacity = 1 << 16

    mutating func insert(_ token: String) {
        let hash = token.hashValue
        guard hashes.insert(hash).inserted else { return }
        guard ring.count == Self.capacity else { return ring.append(hash) }
        hashes.remove(ring[next])
        ring[next] = hash
        next = (next + 1) % Self.capacity
    }

    func contains(_ token: String) -> Bool { hashes.contains(token.hashValue) }
}
