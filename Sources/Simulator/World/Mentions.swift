import Discord

/// The mentions written in a message (Discord docs, Reference › Message Formatting).
struct Mentions: Sendable, Equatable {
    var users: [Snowflake] = []
    var roles: [Snowflake] = []
    var everyone = false

    init(in content: String) {
        everyone = content.contains("@everyone") || content.contains("@here")
        // `<@id>`, `<@!id>` and `<@&id>`.
        for piece in content.split(separator: "<").dropFirst(content.hasPrefix("<") ? 0 : 1) {
            guard piece.first == "@", let end = piece.firstIndex(of: ">") else { continue }
            var inner = piece[piece.index(after: piece.startIndex)..<end]
            let isRole = inner.first == "&"
            if isRole || inner.first == "!" { inner.removeFirst() }
            guard let id = Snowflake(inner) else { continue }
            if isRole {
                if !roles.contains(id) { roles.append(id) }
            } else if !users.contains(id) {
                users.append(id)
            }
        }
    }
}
