/// Reads spans of time as people write them.
enum DelayText {
    /// 100 years.
    private static let longest = Duration.seconds(3_155_760_000)

    /// `"500ms"`, `"10s"`, `"10m"`, `"1h"`, `"7d"`, or a sum like `"1h30m"`; `nil` for anything else, and beyond 100 years.
    static func parse(_ text: String) -> Duration? {
        var rest = text.utf8[...]
        var total = Duration.zero
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            rest = rest[digits.endIndex...]
            let unit = rest.prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
            rest = rest[unit.endIndex...]
            guard let count = Int64(String(Substring(digits))), count <= 1_000_000_000 else { return nil }
            switch String(Substring(unit)) {
            case "ms": total += .milliseconds(count)
            case "s": total += .seconds(count)
            case "m": total += .seconds(count * 60)
            case "h": total += .seconds(count * 3600)
            case "d": total += .seconds(count * 86_400)
            default: return nil
            }
            guard total <= longest else { return nil }
        }
        return total
    }

    /// Seconds as a script's number gives them, 0 up to 100 years; `nil` outside or for NaN.
    static func seconds(_ number: Double) -> Duration? {
        guard number >= 0, number <= longest / .seconds(1) else { return nil }
        return .nanoseconds(Int64(number * 1_000_000_000))
    }
}
