package import Discord
import JSON

/// The body of an error answer: `{code, message, errors?}`, and of a 429: `{message, retry_after, global, code?}`
/// (Discord, "Error Messages", "Rate Limits").
package struct DiscordFault: Sendable, Equatable {
    package var code: DiscordErrorCode?
    package var message: String
    package var retryAfter: Duration?
    package var isGlobal: Bool
    /// What is wrong with which field of the request, in the order of the answer.
    package var fields: [Field]

    /// One complaint about the request. `path` is `embeds[0].title`, or empty for the request as a whole.
    package struct Field: Sendable, Equatable {
        package var path: String
        package var message: String
    }

    /// Complaints kept; a request with more is wrong enough.
    private static let fieldLimit = 20

    /// Reads an answer's body; `nil` if it is not a JSON object, so not from Discord but from a proxy before it.
    package init?(_ body: [UInt8]) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: body) } catch { return nil }
        guard case .object = value else { return nil }
        code = value["code"]?.integerValue.flatMap { Int(exactly: $0) }.map(DiscordErrorCode.init(rawValue:))
        message = value["message"]?.stringValue ?? ""
        retryAfter = value["retry_after"]?.doubleValue.flatMap(RateLimitHeaders.duration(seconds:))
        isGlobal = value["global"]?.boolValue ?? false
        fields = []
        if let errors = value["errors"] { collect(errors, at: "") }
    }

    /// The message and every complaint in one line without control characters.
    package var summary: String {
        let text = fields.isEmpty ? message : "\(message): " + fields.map { $0.path.isEmpty ? $0.message : "\($0.path): \($0.message)" }.joined(separator: "; ")
        return String(String.UnicodeScalarView(text.unicodeScalars.map { Self.breaksLines($0) ? " " : $0 }))
    }

    private static func breaksLines(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// Walks the tree of objects keyed by field name or array index down to its `_errors` leaves.
    private mutating func collect(_ value: JSONValue, at path: String) {
        guard case .object(let object) = value else { return }
        for (key, child) in object.members where fields.count < Self.fieldLimit {
            if key == "_errors" {
                for leaf in child.arrayValue ?? [] where fields.count < Self.fieldLimit {
                    fields.append(Field(path: path, message: leaf["message"]?.stringValue ?? leaf["code"]?.stringValue ?? "invalid"))
                }
            } else if Int(key) != nil {
                collect(child, at: "\(path)[\(key)]")
            } else {
                collect(child, at: path.isEmpty ? key : "\(path).\(key)")
            }
        }
    }
}
