import Discord
import JSON

extension JSONValue {
    /// An id as Discord writes it.
    static func id(_ id: Snowflake) -> JSONValue { .string(id.description) }

    /// An id, or null.
    static func id(_ id: Snowflake?) -> JSONValue { id.map { .string($0.description) } ?? .null }

    /// A string, or null.
    static func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

    /// A moment as ISO 8601, or null.
    static func time(_ time: UnixTime?) -> JSONValue { time.map { .string($0.iso8601) } ?? .null }

    static func ids(_ ids: some Sequence<Snowflake>) -> JSONValue { .array(ids.map { .id($0) }) }

    /// Permissions as Discord writes them: a decimal string.
    static func bits(_ permissions: Permissions) -> JSONValue { .string(String(permissions.rawValue)) }

    /// The id this value holds, as a string or as a number; `nil` for everything else.
    var idValue: Snowflake? {
        switch self {
        case .string(let text): Snowflake(text)
        case .integer(let number) where number >= 0: Snowflake(rawValue: UInt64(number))
        default: nil
        }
    }

    /// This object with the members of `extra` added or replaced.
    func merging(_ extra: JSONValue) -> JSONValue {
        var merged = self
        for member in extra.objectValue?.members ?? [] { merged[member.key] = member.value }
        return merged
    }
}
