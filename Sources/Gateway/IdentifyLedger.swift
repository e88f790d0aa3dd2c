import JSON
package import Reactor

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Counts session starts across restarts, so that a process that crashes and comes back again and again cannot spend more of them than
/// Discord allows: a token that does is reset.
///
/// Each IDENTIFY is in the file before it is sent. What Discord says and what was counted here are both believed: the smaller rest counts.
/// Processes that share the file count together and keep Discord's distance between two IDENTIFYs of one key. Times are Unix milliseconds.
package struct IdentifyLedger {
    package enum Answer: Equatable, Sendable {
        /// One IDENTIFY may be sent. It is counted; `fault` says why it could not be written down.
        case granted(fault: IOFailure?)
        /// The key's turn comes then: another process, or the one before this, has just used it. Or another process has the file.
        case wait(until: Int64)
        /// No session start is left.
        case spent
    }

    private var entry: Entry
    private let file: StateFile?
    /// Tells one bot's ledger from another's.
    private let bot: String

    private struct Entry {
        var total = 0
        var used = 0
        /// When the budget is whole again; 0 before the first answer of GET /gateway/bot.
        var endsAt: Int64 = 0
        /// The last IDENTIFY of each key that holds the next one back.
        var last: [Int: Int64] = [:]
    }

    private static let day: Int64 = 86_400_000

    /// Since when another process has had the lock, as long as it does. It needs it for a moment; one that was stopped with it must not keep this
    /// bot offline for longer than `lockPatience`.
    private var lockedSince: Int64?
    private static let lockPatience: Int64 = 10_000
    private static let lockPause: Int64 = 50

    /// A ledger that forgets when the process ends.
    package init(bot: String) {
        file = nil
        self.bot = bot
        entry = Entry()
    }

    /// - Parameter file: `nil` for a ledger that forgets.
    package init(file: StateFile?, bot: String) throws(IOFailure) {
        self.file = file
        self.bot = bot
        entry = try Self.read(file, bot) ?? Entry()
    }

    /// Session starts left.
    package func remaining(at now: Int64) -> Int { now >= entry.endsAt ? entry.total : max(entry.total - entry.used, 0) }

    /// When the budget is whole again.
    package var endsAt: Int64 { entry.endsAt }

    /// Takes in what Discord says.
    package mutating func update(_ info: GatewayBotInfo, at now: Int64) {
        let spent = max(info.total - info.remaining, 0)
        // A window that has not begun may be said to end at once; it begins with the first IDENTIFY and lasts a day.
        let resetAfter = Int64(info.resetAfter / .milliseconds(1))
        let end = now + (resetAfter > 0 ? min(resetAfter, Self.day) : Self.day)
        if now >= entry.endsAt {
            entry.used = spent
            entry.endsAt = end
        } else {
            entry.used = max(entry.used, spent)
            // Also after the clock was set back.
            entry.endsAt = min(entry.endsAt, end)
        }
        entry.total = info.total
    }

    /// Asks for one IDENTIFY that is about to be sent.
    /// - Parameters:
    ///   - key: `shard % max_concurrency`.
    ///   - interval: the distance, in milliseconds, between two IDENTIFYs of one key.
    package mutating func spend(key: Int, interval: Int64, at now: Int64) -> Answer {
        guard let file else { return decide(key, interval, now) }
        // Where the file fails, what was counted here holds for as long as this process lives; and Discord counts too.
        do throws(IOFailure) {
            guard let lock = try file.lock() else {
                let since = lockedSince ?? now
                lockedSince = since
                if (0..<Self.lockPatience).contains(now - since) { return .wait(until: now + Self.lockPause) }
                throw IOFailure(call: "flock \(file.path).lock", code: EWOULDBLOCK)
            }
            lockedSince = nil
            if let saved = try Self.read(file, bot) { merge(saved, at: now) }
            let answer = decide(key, interval, now)
            if case .granted = answer {
                do throws(IOFailure) { try write(to: file) } catch { return .granted(fault: error) }
            }
            _ = consume lock
            return answer
        } catch {
            let answer = decide(key, interval, now)
            return answer == .granted(fault: nil) ? .granted(fault: error) : answer
        }
    }

    /// Takes in what other processes have counted.
    private mutating func merge(_ saved: Entry, at now: Int64) {
        if now < saved.endsAt {
            let isOver = now >= entry.endsAt
            entry.used = isOver ? saved.used : max(entry.used, saved.used)
            entry.endsAt = isOver ? saved.endsAt : min(entry.endsAt, saved.endsAt)
        }
        entry.last.merge(saved.last) { max($0, $1) }
    }

    private mutating func decide(_ key: Int, _ interval: Int64, _ now: Int64) -> Answer {
        if now >= entry.endsAt {
            entry.used = 0
            entry.endsAt = now + Self.day
        }
        guard entry.used < entry.total else { return .spent }
        // Those of long ago hold nothing back, nor do those in the future, which were written before the clock was set back.
        entry.last = entry.last.filter { $0.value <= now && now < $0.value + interval }
        if let last = entry.last[key] { return .wait(until: last + interval) }
        entry.used += 1
        entry.last[key] = now
        return .granted(fault: nil)
    }

    // MARK: The file

    private func write(to file: StateFile) throws(IOFailure) {
        var last: JSONValue = [:]
        for (key, time) in entry.last.sorted(by: { $0.key < $1.key }) { last["\(key)"] = .integer(time) }
        try file.write([
            "bot": .string(bot), "total": .integer(Int64(entry.total)), "used": .integer(Int64(entry.used)),
            "ends_at": .integer(entry.endsAt), "last_identify": last,
        ])
    }

    private static func read(_ file: StateFile?, _ bot: String) throws(IOFailure) -> Entry? {
        guard let saved = try file?.read(), saved["bot"]?.stringValue == bot, let total = saved["total"]?.integerValue,
            let used = saved["used"]?.integerValue, let endsAt = saved["ends_at"]?.integerValue, StateFile.counts.contains(total),
            StateFile.counts.contains(used), StateFile.times.contains(endsAt)
        else { return nil }
        var entry = Entry(total: Int(total), used: Int(used), endsAt: endsAt)
        for (key, time) in saved["last_identify"]?.objectValue?.members ?? [] {
            if let key = Int(key), let time = time.integerValue, StateFile.times.contains(time) { entry.last[key] = time }
        }
        return entry
    }
}
