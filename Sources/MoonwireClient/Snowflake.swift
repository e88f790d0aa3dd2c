internal import Discord

/// An id of Discord, such as that of a guild, a channel, a user or a message. In JSON it is a string of decimal digits.
public struct Snowflake: RawRepresentable, Hashable, Comparable, Sendable {
    /// The number; its upper 42 bits are milliseconds since the start of 2015.
    public let rawValue: UInt64

    /// The id with this number.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Whether `one` was made before `other`.
    public static func < (one: Snowflake, other: Snowflake) -> Bool { one.rawValue < other.rawValue }

    init(_ id: Discord.Snowflake) { rawValue = id.rawValue }

    var id: Discord.Snowflake { Discord.Snowflake(rawValue: rawValue) }
}

extension Snowflake: LosslessStringConvertible {
    /// Reads the decimal form: digits without leading zero, at most 2^64 − 1; anything else is `nil`.
    public init?(_ description: String) {
        guard let id = Discord.Snowflake(description) else { return nil }
        self.init(id)
    }

    /// The decimal form.
    public var description: String { String(rawValue) }
}
