package import Discord

/// HELLO's `d`.
package struct Hello: Equatable, Sendable {
    package let heartbeatInterval: Duration
    /// - Throws: also when the interval is missing or not positive.
    package init(_ data: UnsafeRawBufferPointer, encoding: PayloadEncoding) throws(PayloadError) { throw .missingOpcode }
}

/// What the host needs of READY's `d`.
package struct Ready: Equatable, Sendable {
    package let sessionID: String
    package let resumeURL: String
    package let userID: Snowflake
    package let userName: String
    package let applicationID: Snowflake?
    /// Ids of the guilds of this shard, all of them still to come as GUILD_CREATE or GUILD_DELETE.
    package let guilds: [Snowflake]
    package init(_ data: UnsafeRawBufferPointer, encoding: PayloadEncoding) throws(PayloadError) { throw .missingOpcode }
}

/// RATE_LIMITED's `d`: a command was refused, without a disconnect.
package struct RateLimited: Equatable, Sendable {
    package let opcode: GatewayOpcode
    package let retryAfter: Duration
    package let guild: Snowflake?
    package let nonce: String?
    package init(_ data: UnsafeRawBufferPointer, encoding: PayloadEncoding) throws(PayloadError) { throw .missingOpcode }
}

/// What the host needs of GUILD_MEMBERS_CHUNK's `d`; the members themselves stay bytes.
package struct MemberChunk: Equatable, Sendable {
    package let guild: Snowflake
    package let index: Int
    package let count: Int
    package let nonce: String?
    package init(_ data: UnsafeRawBufferPointer, encoding: PayloadEncoding) throws(PayloadError) { throw .missingOpcode }
}

/// INVALID_SESSION's `d`.
package struct InvalidSession: Equatable, Sendable {
    package let isResumable: Bool
    package init(_ data: UnsafeRawBufferPointer, encoding: PayloadEncoding) throws(PayloadError) { throw .missingOpcode }
}
