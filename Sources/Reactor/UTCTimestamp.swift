#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A moment of the wall clock in UTC, for people and for what outlives the process. Everything else is timed by the monotonic clock.
package struct UTCTimestamp: Equatable, Sendable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static func now() -> UTCTimestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UTCTimestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// ISO 8601: `2026-01-31T12:34:56.789Z`
    package var description: String { "\(date)T\(timeOfDay)Z" }

    /// `12:34:56.789`
    package var timeOfDay: String { "\(clock).\(Self.padded(millisecondOfDay % 1000, 3))" }

    /// `2026-01-31 12:34:56 UTC`
    package var sentence: String { "\(date) \(clock) UTC" }

    private var clock: String {
        let second = millisecondOfDay / 1000
        return [second / 3600, second / 60 % 60, second % 60].map { Self.padded($0, 2) }.joined(separator: ":")
    }

    private var millisecondOfDay: Int64 { milliseconds - day * 86_400_000 }

    private var day: Int64 { milliseconds >= 0 ? milliseconds / 86_400_000 : (milliseconds - 86_399_999) / 86_400_000 }

    /// Proleptic Gregorian date, counted in 400-year eras that begin on 1 March.
    private var date: String {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1, 2))"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
