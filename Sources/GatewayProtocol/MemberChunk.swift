package import Discord

/// What the host needs of GUILD_MEMBERS_CHUNK's `d` (docs, Gateway Events › Guild Members Chunk); the members stay bytes.
package struct MemberChunk: Equatable, Sendable {
    package let guild: Snowflake
    /// `0 ≤ index < count`.
    package let index: Int
    package let count: Int
    /// The request's nonce.
    package let nonce: String?

    package init(guild: Snowflake, index: Int, count: Int, nonce: String?) {
        self.guild = guild
        self.index = index
        self.count = count
        self.nonce = nonce
    }

    /// - Throws: also when the guild is missing or index and count make no sense.
    package init(_ data: UnsafeRawBufferPointer, encoding: PayloadEncoding) throws(PayloadError) {
        var guild: Snowflake?, index: Int64 = -1, count: Int64 = 0, nonce: String?
        var reader = PayloadReader(data, encoding: encoding)
        var object = try reader.beginObject()
        while let key = try reader.nextKey(in: &object) {
            if key == "guild_id" {
                guild = try reader.readSnowflake()
            } else if key == "chunk_index" {
                index = try reader.readInteger()
            } else if key == "chunk_count" {
                count = try reader.readInteger()
            } else if key == "nonce" {
                nonce = try reader.readNull() ? nil : reader.readString()
            } else {
                try reader.skipValue()
            }
        }
        guard let guild else { throw .missing(field: "guild_id") }
        guard (1...Int64(Int32.max)).contains(count) else { throw .missing(field: "chunk_count") }
        guard (0..<count).contains(index) else { throw .missing(field: "chunk_index") }
        self.init(guild: guild, index: Int(index), count: Int(count), nonce: nonce)
    }
}
