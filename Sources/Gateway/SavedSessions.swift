package import Discord
package import GatewayProtocol
import JSON
package import Reactor

/// The resume points of a bot's shards on disk, so that a restarted process RESUMEs and receives what it missed. Holds no token.
package struct SavedSessions {
    /// What a session was asked for in IDENTIFY. A RESUME goes on with it, so a process that wants something else has to IDENTIFY.
    package let terms: String
    private var points: [ShardID: Saved] = [:]
    private let file: StateFile?

    private struct Saved {
        var point: ResumePoint
        /// Unix milliseconds.
        var at: Int64
    }

    /// Discord keeps a dropped session for some minutes. An older one would only cost a refused RESUME and the pause after it.
    package static let lifetime: Int64 = 15 * 60 * 1000

    /// Sessions that are forgotten when the process ends.
    package init(terms: String) {
        file = nil
        self.terms = terms
    }

    /// - Parameter file: `nil` for sessions that are forgotten.
    package init(file: StateFile?, terms: String) throws(IOFailure) {
        self.file = file
        self.terms = terms
        guard let saved = try file?.read(), saved["terms"]?.stringValue == terms else { return }
        for entry in saved["sessions"]?.arrayValue ?? [] {
            guard let index = entry["shard"]?.integerValue, let count = entry["of"]?.integerValue, count > 0, (0..<count).contains(index),
                let id = entry["session_id"]?.stringValue, let url = entry["url"]?.stringValue,
                let sequence = entry["sequence"]?.integerValue, let at = entry["saved_at"]?.integerValue, StateFile.times.contains(at)
            else { continue }
            points[ShardID(index: Int(index), of: Int(count))] = Saved(
                point: ResumePoint(sessionID: id, url: url, sequence: sequence), at: at)
        }
    }

    /// The point that a shard can try to resume from, if there is a fresh one.
    package func point(of shard: ShardID, at now: Int64) -> ResumePoint? {
        guard let saved = points[shard], now - saved.at < Self.lifetime else { return nil }
        return saved.point
    }

    /// - Returns: whether anything but the time has changed.
    @discardableResult
    package mutating func set(_ point: ResumePoint?, of shard: ShardID, at now: Int64) -> Bool {
        defer { points[shard] = point.map { Saved(point: $0, at: now) } }
        return points[shard]?.point != point
    }

    /// Writes all of them down.
    package func save() throws(IOFailure) {
        guard let file else { return }
        let sessions = points.sorted { $0.key.index < $1.key.index }.map { shard, saved in
            [
                "shard": .integer(Int64(shard.index)), "of": .integer(Int64(shard.count)),
                "session_id": .string(saved.point.sessionID), "url": .string(saved.point.url),
                "sequence": .integer(saved.point.sequence), "saved_at": .integer(saved.at),
            ] as JSONValue
        }
        try file.write(["terms": .string(terms), "sessions": .array(sessions)])
    }
}
