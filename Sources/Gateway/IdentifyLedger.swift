import JSON
import Reactor

/// Counts session starts across restarts, so that a process that crashes and comes back again and again cannot spend more of them than
/// Discord allows: a token that does is reset.
///
/// Each IDENTIFY is on disk before it is sent. What Discord says and what was counted here are both believed: the smaller rest counts.
/// Times are Unix milliseconds.
struct IdentifyLedger {
    private var window = Window()
    /// When any shard sent the last IDENTIFY; a new process keeps its distance from it.
    private(set) var lastIdentify: Int64 = 0
    private let file: StateFile?
    /// Tells one bot's ledger from another's.
    private let bot: String

    private struct Window {
        var total = 0
        var used = 0
        /// 0 before the first answer of GET /gateway/bot.
        var endsAt: Int64 = 0
    }

    /// A ledger that forgets when the process ends.
    init(bot: String) {
        file = nil
        self.bot = bot
    }

    /// - Parameter file: `nil` for a ledger that forgets.
    init(file: StateFile?, bot: String) throws(IOFailure) {
        self.file = file
        self.bot = bot
        guard let saved = try file?.read(), saved["bot"]?.stringValue == bot,
            let total = saved["total"]?.integerValue, let used = saved["used"]?.integerValue,
            let endsAt = saved["ends_at"]?.integerValue
        else { return }
        window = Window(total: Int(clamping: total), used: Int(clamping: used), endsAt: endsAt)
        lastIdentify = saved["last_identify"]?.integerValue ?? 0
    }

    /// Takes in what Discord says.
    mutating func update(_ info: GatewayBotInfo, at now: Int64) {
        let spent = max(info.total - info.remaining, 0)
        let resetAfter = Int64(info.resetAfter / .milliseconds(1))
        if now >= window.endsAt {
            // A window that has not begun may be said to end at once; it begins with the first IDENTIFY and lasts a day.
            window = Window(total: info.total, used: spent, endsAt: now + (resetAfter > 0 ? resetAfter : Self.day))
        } else {
            window.total = info.total
            window.used = max(window.used, spent)
        }
    }

    private static let day: Int64 = 86_400_000

    /// Session starts left.
    func remaining(at now: Int64) -> Int {
        now >= window.endsAt ? window.total : max(window.total - window.used, 0)
    }

    /// When the budget is whole again.
    var endsAt: Int64 { window.endsAt }

    /// Books one IDENTIFY that is about to be sent.
    /// - Throws: when it could not be written down. It is counted in memory all the same.
    mutating func record(at now: Int64) throws(IOFailure) {
        if now >= window.endsAt { window = Window(total: window.total, used: 0, endsAt: now + Self.day) }
        window.used += 1
        lastIdentify = now
        try file?.write([
            "bot": .string(bot), "total": .integer(Int64(window.total)), "used": .integer(Int64(window.used)),
            "ends_at": .integer(window.endsAt), "last_identify": .integer(lastIdentify),
        ])
    }
}
