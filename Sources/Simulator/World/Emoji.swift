import Discord
import JSON

/// An emoji as routes name it: a Unicode emoji, or `name:id` for a custom one.
struct Emoji: Sendable, Hashable {
    let name: String
    let id: Snowflake?

    /// `nil` for text that names no emoji: Latin letters without an id.
    init?(_ text: String) {
        if let colon = text.lastIndex(of: ":") {
            guard let id = Snowflake(text[text.index(after: colon)...]) else { return nil }
            name = String(text[..<colon])
            self.id = id
            return
        }
        guard let first = text.unicodeScalars.first, text.unicodeScalars.count <= 16,
              first.properties.isEmoji, !first.isASCII || text.unicodeScalars.count > 1 else { return nil }
        name = text
        id = nil
    }

    var payload: JSONValue { ["id": .id(id), "name": .string(name)] }
}
