package import Discord

/// op 8's `d` (docs, Gateway Events › Request Guild Members): always one guild, and either a name prefix or user ids.
package struct MemberRequest: Equatable, Sendable {
    package enum Selection: Equatable, Sendable {
        /// Everyone; needs GUILD_MEMBERS, and one such request per guild goes out in 30 seconds.
        case all
        /// Members whose name begins with `prefix`, at most `limit` (1–100) of them; an empty one takes any.
        case query(prefix: String, limit: Int)
        /// At most 100.
        case users([Snowflake])
    }

    package let guild: Snowflake
    package let selection: Selection
    package let presences: Bool
    /// At most 32 bytes; echoed in every chunk.
    package let nonce: String?
    /// Who asks, which Discord is not told: origins share a shard's commands, each at most three quarters of what the others leave. 0, the host, is not
    /// held to that.
    package let origin: Int

    /// - Throws: `.nonceTooLong`, `.tooManyUserIDs`, `.queryLimit`.
    package init(guild: Snowflake, selection: Selection, presences: Bool = false, nonce: String? = nil, origin: Int = 0) throws(CommandError) {
        if let nonce, nonce.utf8.count > Limits.memberRequestNonceBytes { throw .nonceTooLong(bytes: nonce.utf8.count) }
        if case .users(let ids) = selection, ids.count > Limits.memberRequestUserIDs { throw .tooManyUserIDs(ids.count) }
        if case .query(_, let limit) = selection {
            guard (1...Limits.memberRequestQueryResults).contains(limit) else { throw .queryLimit(limit) }
        }
        self.guild = guild
        self.selection = selection
        self.presences = presences
        self.nonce = nonce
        self.origin = origin
    }

    /// Whether the 30-second rule applies.
    package var isFull: Bool { selection == .all }
}
