package import Discord

/// RATE_LIMITED's `d` (docs, Gateway Events › Rate Limited): a command was refused, without a disconnect.
package struct RateLimited: Equatable, Sendable {
    package let opcode: GatewayOpcode
    package let retryAfter: Duration
    /// `meta.guild_id`, which op 8 has.
    package let guild: Snowflake?
    /// `meta.nonce` of the request that was refused.
    package let nonce: String?

    package init(opcode: GatewayOpcode, retryAfter: Duration, guild: Snowflake?, nonce: String?) {
        self.opcode = opcode
        self.retryAfter = retryAfter
        self.guild = guild
        self.nonce = nonce
    }

    /// - Throws: also when opcode or time is missing.
    package init(_ data: UnsafeRawBufferPointer, encoding: PayloadEncoding) throws(PayloadError) {
        var opcode: Int64?, seconds: Double?, guild: Snowflake?, nonce: String?
        var reader = PayloadReader(data, encoding: encoding)
        var object = try reader.beginObject()
        while let key = try reader.nextKey(in: &object) {
            if key == "opcode" {
                opcode = try reader.readInteger()
            } else if key == "retry_after" {
                seconds = try reader.readDouble()
            } else if key == "meta", try reader.kind == .object {
                var meta = try reader.beginObject()
                while let key = try reader.nextKey(in: &meta) {
                    if key == "guild_id" {
                        guild = try reader.readNull() ? nil : reader.readSnowflake()
                    } else if key == "nonce" {
                        nonce = try reader.readNull() ? nil : reader.readString()
                    } else {
                        try reader.skipValue()
                    }
                }
            } else {
                try reader.skipValue()
            }
        }
        guard let opcode else { throw .missing(field: "opcode") }
        guard let seconds else { throw .missing(field: "retry_after") }
        // A day is longer than any limit; the bound keeps a nonsensical number from overflowing a Duration.
        let retryAfter = Duration.seconds(min(max(seconds, 0), 86_400))
        self.init(opcode: GatewayOpcode(rawValue: Int(opcode)), retryAfter: retryAfter, guild: guild, nonce: nonce)
    }
}
