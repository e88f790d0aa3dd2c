/// A shard's place in a layout: IDENTIFY's `[shard_id, num_shards]`.
package struct ShardID: Hashable, Sendable {
    /// Zero-based, below `count`.
    package let index: Int
    /// Shards in the layout, at least 1.
    package let count: Int

    /// - Precondition: `0 ≤ index < count`.
    package init(index: Int, of count: Int) {
        precondition(count > 0 && (0..<count).contains(index), "shard \(index) of \(count)")
        self.index = index
        self.count = count
    }

    /// Whether events of `guild` arrive on this shard.
    package func owns(_ guild: Snowflake) -> Bool { guild.shardIndex(of: count) == index }
}

extension ShardID: CustomStringConvertible {
    package var description: String { "\(index)/\(count)" }
}
