internal import Configuration
internal import Logging
internal import Reactor

/// What one pack writes to the log: its scripts' lines and reports of their errors, as much as it may. Lines beyond are counted, and their number is
/// told when there is room again. Confined to the pack's thread.
final class PackLog {
    /// For the host's own words about the pack, which nothing limits.
    let host: Logger
    private let reactor: Reactor
    private let limits: LimitSettings
    private var budget: LineBudget
    private var suppressed = 0
    private var notice: TimerToken?

    init(_ logger: Logger, pack: String, limits: LimitSettings, reactor: Reactor) {
        var logger = logger
        logger[metadataKey: "pack"] = "\(pack)"
        host = logger
        self.limits = limits
        self.reactor = reactor
        budget = LineBudget(limits)
    }

    func isEnabled(_ level: Logger.Level) -> Bool { level >= host.logLevel }

    /// Writes a line. `false` when it was left out because the pack has written as much as it may.
    @discardableResult
    func write(_ level: Logger.Level, _ text: @autoclosure () -> String) -> Bool {
        write(level, line: LogLine(text()))
    }

    /// Writes a line, which is put together only if it is written.
    @discardableResult
    func write(_ level: Logger.Level, line: @autoclosure () -> LogLine) -> Bool {
        guard isEnabled(level) else { return true }
        switch budget.admit(at: reactor.now) {
        case .written:
            let text = line().text
            budget.spend(Self.written(text))
            host.log(level: level, "\(text)")
            return true
        case .suppressed(let until):
            suppressed += 1
            if notice == nil { notice = reactor.schedule(at: until) { [weak self] in self?.tellSuppressed() } }
            return false
        }
    }

    /// Tells what was left out so far, and no more afterwards.
    func close() {
        guard let notice = notice.take() else { return }
        reactor.cancel(notice)
        tellSuppressed()
    }

    private func tellSuppressed() {
        notice = nil
        host.warning(
            "suppressed \(suppressed) line\(suppressed == 1 ? "" : "s"): a pack may log \(limits.logLinesPerSecond) a second and \(limits.logLinesPerMinute) a minute, and \(limits.logKilobytesPerMinute) KiB a minute")
        suppressed = 0
    }

    /// A text that a script has a part in, as `write` would show it: printable, and no longer than a line may be.
    static func bounded(_ text: String) -> String { LogLine(text).text }

    /// The bytes that a text takes; the log indents what follows a line end by four.
    private static func written(_ text: String) -> Int {
        text.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 5 : 1) }
    }

    /// Longest text of one line, in bytes.
    static let lineBytes = 16 << 10
}

@available(*, unavailable)
extension PackLog: Sendable {}
