import Discord

/// Makes ids in ascending order, each unique.
struct SnowflakeSource: Sendable {
    private var last: UInt64 = 0

    /// An id made at `time`, or right after the last one when that would not be newer.
    mutating func next(at time: UnixTime) -> Snowflake {
        last = max(Snowflake(unixMilliseconds: UInt64(max(0, time.milliseconds))).rawValue, last + 1)
        return Snowflake(rawValue: last)
    }
}
