import Discord
import JSON

/// Opcode 8 as a client sent it (Discord docs, Gateway Events › Request Guild Members).
struct MemberRequest {
    enum Selection {
        case query(String, limit: Int)
        /// As sent, since malformed ids come back in `not_found`.
        case ids([JSONValue])
    }

    let guild: Snowflake
    let selection: Selection
    let wantsPresences: Bool
    /// `nil` when absent or longer than 32 bytes, which Discord ignores silently.
    let nonce: String?

    /// `nil` for a payload that does not fit the opcode: close code 4001.
    init?(_ data: JSONValue) {
        guard let guild = data["guild_id"]?.idValue else { return nil }
        self.guild = guild
        if let ids = data["user_ids"] {
            let list = ids.arrayValue ?? [ids]
            guard list.count <= Limits.memberRequestUserIDs else { return nil }
            selection = .ids(list)
        } else {
            guard let query = data["query"]?.stringValue, let limit = data["limit"]?.integerValue, limit >= 0 else { return nil }
            selection = .query(query, limit: Int(limit))
        }
        wantsPresences = data["presences"]?.boolValue ?? false
        nonce = data["nonce"]?.stringValue.flatMap { $0.utf8.count <= Limits.memberRequestNonceBytes ? $0 : nil }
    }

    /// Whether all members are asked for, which is limited to once in 30 s for each guild.
    var isFull: Bool {
        if case .query("", 0) = selection { return true }
        return false
    }

    /// The GUILD_MEMBERS_CHUNK payloads of the answer, at least one, with up to 1,000 members each.
    func chunks(from guild: Guild, in world: World, intents: Intents) -> [JSONValue] {
        var members: [Member]
        var missing: [JSONValue] = []
        switch selection {
        case .ids(let ids):
            members = []
            for id in ids {
                if let member = id.idValue.flatMap({ guild[member: $0] }) { members.append(member) } else { missing.append(id) }
            }
        case .query(let query, let limit):
            members = guild.members.filter { MemberRequest.matches(query, $0, in: world) }
            if !isFull { members = Array(members.prefix(limit == 0 || limit > 100 ? 100 : limit)) }
        }
        let count = max(1, (members.count + 999) / 1000)
        return (0..<count).map { index in
            let part = members.dropFirst(index * 1000).prefix(1000)
            var chunk: JSONValue = [
                "guild_id": .id(guild.id), "members": .array(part.map(world.memberPayload)), "chunk_index": .integer(Int64(index)),
                "chunk_count": .integer(Int64(count)),
            ]
            if !missing.isEmpty, index == 0 { chunk["not_found"] = .array(missing) }
            if wantsPresences, intents.contains(.guildPresences) {
                let present = part.filter { guild.presences[$0.userID] != nil }
                chunk["presences"] = .array(present.map { world.presencePayload(of: $0.userID, in: guild.id) })
            }
            if let nonce { chunk["nonce"] = .string(nonce) }
            return chunk
        }
    }

    /// Whether username, display name or nickname begins with `query`, whatever the case.
    private static func matches(_ query: String, _ member: Member, in world: World) -> Bool {
        guard !query.isEmpty else { return true }
        let prefix = query.lowercased()
        let user = world.users[member.userID]
        return [user?.username, user?.globalName, member.nick].contains { $0?.lowercased().hasPrefix(prefix) == true }
    }
}
