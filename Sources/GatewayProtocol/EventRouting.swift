package import Discord

extension PayloadReader {
    /// The guild an event belongs to: `guild_id`, or `id` for the events whose `d` is the guild itself. `nil` for direct
    /// messages and events without a guild. Looks at the top level of `d` only and allocates nothing.
    package static func guild(of event: EventName?, data: UnsafeRawBufferPointer, encoding: PayloadEncoding) throws(PayloadError) -> Snowflake? { nil }
}
