package import Discord

/// Where an event belongs.
package enum EventRouting {
    /// The guild of an event: `guild_id`, or `id` for the events whose `d` is the guild itself. `nil` for direct messages and
    /// for events without a guild. Looks at the top level of `d` only, stops as soon as it knows, and allocates nothing.
    package static func guild(
        of event: EventName?, data: UnsafeRawBufferPointer, encoding: PayloadEncoding
    ) throws(PayloadError) -> Snowflake? {
        let isGuildItself = switch event {
        case .guildCreate, .guildUpdate, .guildDelete: true
        default: false
        }
        var reader = PayloadReader(data, encoding: encoding)
        guard try reader.isObject else { return nil }
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
}
