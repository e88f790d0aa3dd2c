/// A wall-clock moment in milliseconds since 1970-01-01T00:00:00Z.
package struct UnixTime: Comparable, Hashable, Sendable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Whole seconds, as TYPING_START carries.
    package var seconds: Int64 { milliseconds / 1000 }

    /// As Discord writes timestamps: `2024-05-01T12:30:00.250000+00:00`. For moments from 1970 on.
    package var iso8601: String {
        let (days, time) = (milliseconds / 86_400_000, milliseconds % 86_400_000)
        // Days to a proleptic Gregorian date, counting years from 1 March so that the leap day comes last.
        let shifted = days + 719_468
        let (era, dayOfEra) = (shifted / 146_097, shifted % 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        let clock = "\(padded(time / 3_600_000, 2)):\(padded(time / 60_000 % 60, 2)):\(padded(time / 1000 % 60, 2))"
        return "\(date)T\(clock).\(padded(time % 1000, 3))000+00:00"
    }

    /// Reads ISO 8601 with a numeric offset or `Z`, with or without a fraction; `nil` for anything else.
    package init?(iso8601 text: String) {
        let match = text.wholeMatch(of: /(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):?(\d\d))/)
        guard let (_, year, month, day, hour, minute, second, fraction, sign, offsetHour, offsetMinute) = match?.output,
              var y = Int64(year), let m = Int64(month), let d = Int64(day), let h = Int64(hour), let min = Int64(minute),
              let s = Int64(second), (1...12).contains(m), (1...31).contains(d), h < 24, min < 60, s < 61 else { return nil }
        // The inverse of `iso8601`: years from 1 March.
        if m <= 2 { y -= 1 }
        let (era, yearOfEra) = (y / 400, y % 400)
        let dayOfYear = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        let thousandths = Int64(((fraction ?? "") + "000").prefix(3)) ?? 0
        let offset = ((offsetHour.flatMap { Int64($0) } ?? 0) * 60 + (offsetMinute.flatMap { Int64($0) } ?? 0)) * (sign == "-" ? -60 : 60)
        milliseconds = (days * 86_400 + h * 3600 + min * 60 + s - offset) * 1000 + thousandths
    }

    package func advanced(by duration: Duration) -> UnixTime {
        UnixTime(milliseconds: milliseconds + duration.milliseconds)
    }

    package static func < (one: UnixTime, other: UnixTime) -> Bool { one.milliseconds < other.milliseconds }

    private func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }

    /// Seconds with a fraction.
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
