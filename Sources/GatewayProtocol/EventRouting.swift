package import Discord

/// Where an event belongs.
package enum EventRouting {
    /// The guild of an event: `guild_id`, or `id` for the events whose `d` is the guild itself. `nil` for direct messages and
    /// for events without a guild. Looks at the top level of `d` only, stops as soon as it knows, and allocates nothing.
    ///
    /// `data` ends where `d` does, as `Envelope.data` does for every payload Discord writes.
    package static func guild(
        of event: EventName?, data: UnsafeRawBufferPointer, encoding: PayloadEncoding
    ) throws(PayloadError) -> Snowflake? {
        let isGuildItself = switch event {
        case .guildCreate, .guildUpdate, .guildDelete: true
        default: false
        }
        if encoding == .json, !isGuildItself, let guild = trailingGuild(of: data) { return guild }
        var reader = PayloadReader(data, encoding: encoding)
        guard try reader.kind == .object else { return nil }
        var object = try reader.beginObject()
        while let key = try reader.nextKey(in: &object) {
            guard isGuildItself ? key == "id" : key == "guild_id" else {
                try reader.skipValue()
                continue
            }
            return try reader.readNull() ? nil : reader.readSnowflake()
        }
        return nil
    }

    /// The guild when `,"guild_id":"…"}` ends the object: the gateway appends this member to what other services made, so most
    /// events need not be searched. Unescaped quotes cannot stand inside a string, so in valid JSON this is a member, and the
    /// last brace closes `d` itself.
    private static func trailingGuild(of data: UnsafeRawBufferPointer) -> Snowflake? {
        let member: StaticString = #","guild_id":""#
        let end = data.count - 2
        guard end > 0, data[end] == UInt8(ascii: "\""), data[end + 1] == UInt8(ascii: "}") else { return nil }
        var start = end
        while start > 0, data[start - 1] &- 0x30 <= 9 { start -= 1 }
        let memberStart = start - member.utf8CodeUnitCount
        guard memberStart > 0 else { return nil }
        for index in 0..<member.utf8CodeUnitCount where data[memberStart + index] != member.utf8Start[index] { return nil }
        return Snowflake(decimal: UnsafeRawBufferPointer(rebasing: data[start..<end]))
    }
}
