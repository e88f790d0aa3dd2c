import Discord

/// Which shards this process runs.
package enum ShardLayout: Equatable, Sendable {
    /// As many as GET /gateway/bot recommends, all of them here.
    case automatic
    /// This many, all of them here.
    case all(count: Int)
    /// A part of a layout whose other shards run elsewhere.
    case range(ClosedRange<Int>, of: Int)

    /// The shards, in order.
    func shards(recommended: Int) -> [ShardID] {
        switch self {
        case .automatic: (0..<max(recommended, 1)).map { ShardID(index: $0, of: max(recommended, 1)) }
        case .all(let count): (0..<count).map { ShardID(index: $0, of: count) }
        case .range(let range, let count): range.map { ShardID(index: $0, of: count) }
        }
    }

    /// Why the layout makes no sense, if it does not.
    var fault: String? {
        switch self {
        case .automatic: nil
        case .all(let count): count > 0 ? nil : "\(count) shards"
        case .range(let range, let count):
            range.lowerBound >= 0 && range.upperBound < count ? nil : "shards \(range.lowerBound) to \(range.upperBound) of \(count)"
        }
    }

    /// Bots, and processes that run parts of one layout, may share a directory; each keeps its own sessions there.
    func sessionsFileName(of bot: String) -> String {
        switch self {
        case .automatic, .all: "sessions-\(bot).json"
        case .range(let range, let count): "sessions-\(bot)-\(range.lowerBound)-\(range.upperBound)-of-\(count).json"
        }
    }
}
