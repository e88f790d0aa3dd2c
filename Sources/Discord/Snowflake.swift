/// An id of Discord: unique, sortable by age, a decimal string in JSON and in Lua (a double would round it).
///
/// Bits 63–22 are milliseconds since 2015-01-01T00:00:00Z, 21–17 worker, 16–12 process, 11–0 increment
/// (Discord docs, Reference › Snowflakes).
package struct Snowflake: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Unix milliseconds of Discord's first moment.
    package static let epoch: UInt64 = 1_420_070_400_000

    /// Parses `0` or decimal digits without leading zero, at most 2^64 − 1; anything else is `nil`.
    package init?(decimal digits: UnsafeRawBufferPointer) {
        guard (1...20).contains(digits.count), digits.count == 1 || digits[0] != 0x30 else { return nil }
        var value: UInt64 = 0
        // 19 digits always fit; only a twentieth can be too much.
        for byte in digits.prefix(19) {
            guard byte &- 0x30 <= 9 else { return nil }
            value = value &* 10 &+ UInt64(byte &- 0x30)
        }
        if digits.count == 20 {
            let digit = digits[19] &- 0x30
            let (tens, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, carried) = tens.addingReportingOverflow(UInt64(digit))
            guard digit <= 9, !overflowed, !carried else { return nil }
            value = sum
        }
        rawValue = value
    }

    /// As `init(decimal:)`.
    package init?(_ text: some StringProtocol) {
        var text = String(text)
        guard let id = text.withUTF8({ Snowflake(decimal: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = id
    }

    /// The oldest id that could have been made at `milliseconds` (Unix time): a cursor for `before` and `after`.
    /// Times before Discord give 0.
    package init(unixMilliseconds milliseconds: UInt64) {
        rawValue = milliseconds < Snowflake.epoch ? 0 : (milliseconds - Snowflake.epoch) << 22
    }

    /// When the id was made, in Unix milliseconds.
    package var unixMilliseconds: UInt64 { (rawValue >> 22) + Snowflake.epoch }

    /// The index of the shard that owns this guild, out of `count` shards (docs, Gateway › Sharding). `count` is positive.
    package func shardIndex(of count: Int) -> Int { Int((rawValue >> 22) % UInt64(count)) }

    package static func < (one: Snowflake, other: Snowflake) -> Bool { one.rawValue < other.rawValue }
}

extension Snowflake: CustomStringConvertible {
    /// The decimal form.
    package var description: String { String(rawValue) }
}
