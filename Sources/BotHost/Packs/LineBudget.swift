internal import Configuration

/// How many log lines a pack may still write, and of how many bytes. A plain value: the caller knows the time.
struct LineBudget {
    private struct Window {
        let length: Duration
        let limit: Int
        var begin: ContinuousClock.Instant?
        var count = 0

        mutating func hasRoom(at now: ContinuousClock.Instant) -> Bool {
            if let begin, now - begin < length { return count < limit }
            (begin, count) = (now, 0)
            return true
        }

        /// When there is room again, once it is full.
        var end: ContinuousClock.Instant? { begin.map { $0 + length } }
    }

    private var second: Window
    private var minute: Window
    /// Counts bytes. Begins and ends with `minute`, because both are asked together.
    private var bytes: Window

    init(_ limits: LimitSettings) {
        second = Window(length: .seconds(1), limit: limits.logLinesPerSecond)
        minute = Window(length: .seconds(60), limit: limits.logLinesPerMinute)
        bytes = Window(length: .seconds(60), limit: limits.logKilobytesPerMinute << 10)
    }

    enum Verdict: Equatable {
        case written
        /// Left out; there is room again at `until`.
        case suppressed(until: ContinuousClock.Instant)
    }

    /// Counts one line. Whoever writes it tells `spend` how long it became.
    mutating func admit(at now: ContinuousClock.Instant) -> Verdict {
        let (hasSecond, hasMinute, hasBytes) = (second.hasRoom(at: now), minute.hasRoom(at: now), bytes.hasRoom(at: now))
        guard hasSecond && hasMinute && hasBytes else {
            return .suppressed(until: (hasMinute && hasBytes ? second.end : minute.end) ?? now)
        }
        second.count += 1
        minute.count += 1
        return .written
    }

    /// Counts the bytes of a line that was admitted. The one that uses the last of them up is written whole.
    mutating func spend(_ count: Int) { bytes.count += count }
}
