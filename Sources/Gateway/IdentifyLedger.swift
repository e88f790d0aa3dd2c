import JSON
package import Reactor

/// Counts session starts across restarts, so that a process that crashes and comes back again and again cannot spend more of them than
/// Discord allows: a token that does is reset.
///
/// Each IDENTIFY is on disk before it is sent. What Discord says and what was counted here are both believed: the smaller rest counts.
/// Processes that share the file count together. Times are Unix milliseconds.
package struct IdentifyLedger {
    private var entry: Entry
    private let file: StateFile?
    /// Tells one bot's ledger from another's.
    private let bot: String

    private struct Entry {
        var total = 0
        var used = 0
        /// When the budget is whole again; 0 before the first answer of GET /gateway/bot.
        var endsAt: Int64 = 0
        var lastIdentify: Int64 = 0
    }

    private static let day: Int64 = 86_400_000

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

    /// When any process sent the last IDENTIFY; 0 if none did.
    package var lastIdentify: Int64 { entry.lastIdentify }

    /// Takes in what Discord says.
    package mutating func update(_ info: GatewayBotInfo, at now: Int64) {
        let spent = max(info.total - info.remaining, 0)
        if now >= entry.endsAt {
            // A window that has not begun may be said to end at once; it begins with the first IDENTIFY and lasts a day.
            let resetAfter = Int64(info.resetAfter / .milliseconds(1))
            entry.used = spent
            entry.endsAt = now + (resetAfter > 0 ? resetAfter : Self.day)
        } else {
            entry.used = max(entry.used, spent)
        }
        entry.total = info.total
    }

    /// Books one IDENTIFY that is about to be sent.
    /// - Throws: when it could not be written down. It is counted in memory all the same.
    package mutating func record(at now: Int64) throws(IOFailure) {
        if now >= entry.endsAt {
            entry.used = 0
            entry.endsAt = now + Self.day
        }
        entry.used += 1
        entry.lastIdentify = now
        guard let file else { return }
        let lock = try file.lock()
        // What other processes have counted since.
        if let saved = try Self.read(file, bot), saved.endsAt == entry.endsAt, saved.used >= entry.used { entry.used = saved.used + 1 }
        try file.write([
            "bot": .string(bot), "total": .integer(Int64(entry.total)), "used": .integer(Int64(entry.used)),
            "ends_at": .integer(entry.endsAt), "last_identify": .integer(entry.lastIdentify),
        ])
        _ = consume lock
    }

    private static func read(_ file: StateFile?, _ bot: String) throws(IOFailure) -> Entry? {
        guard let saved = try file?.read(), saved["bot"]?.stringValue == bot, let total = saved["total"]?.integerValue,
            let used = saved["used"]?.integerValue, let endsAt = saved["ends_at"]?.integerValue,
            let last = saved["last_identify"]?.integerValue, StateFile.counts.contains(total), StateFile.counts.contains(used),
            StateFile.times.contains(endsAt), StateFile.times.contains(last)
        else { return nil }
        return Entry(total: Int(total), used: Int(used), endsAt: endsAt, lastIdentify: last)
    }
}
