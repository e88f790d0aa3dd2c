internal import Configuration
internal import Logging
internal import Reactor

/// What one pack writes to the log: its scripts' lines and reports of their errors, as many as it may. Lines beyond are counted, and their number is
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

    /// Writes a line. `false` when it was left out because the pack has written as many as it may.
    @discardableResult
    func write(_ level: Logger.Level, _ text: @autoclosure () -> String) -> Bool {
        guard isEnabled(level) else { return true }
        switch budget.admit(at: reactor.now) {
        case .written:
            host.log(level: level, "\(Self.bounded(text()))")
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
            "suppressed \(suppressed) line\(suppressed == 1 ? "" : "s"): a pack may log \(limits.logLinesPerSecond) a second and \(limits.logLinesPerMinute) a minute")
        suppressed = 0
    }

    private static func bounded(_ text: String) -> String {
        guard text.utf8.count > lineBytes else { return text }
        return String(decoding: text.utf8.prefix(lineBytes), as: UTF8.self) + "… (\(text.utf8.count - lineBytes) bytes more)"
    }

    /// Longest text of one line, in bytes.
    static let lineBytes = 16 << 10
}

@available(*, unavailable)
extension PackLog: Sendable {}
