/// An endpoint of the API with its parameters filled in: `/channels/{channel.id}/messages` and `["41771983423143937"]`.
///
/// The template groups rate limits and the *major* parameter (the top-level channel, guild or webhook) divides them
/// (Discord, "Rate Limits"). Parameters are percent-encoded here, so an emoji or a name is passed as it is.
package struct Route: Sendable, Hashable {
    /// The path with placeholders, one per whole segment: `/channels/{channel.id}/messages`.
    package let template: String
    /// The percent-encoded path. It may hold a webhook or interaction token: never log it, log `redactedPath`.
    package let path: String
    /// The path for people: the value of a placeholder whose name ends in `token` is replaced by that name.
    package let redactedPath: String
    /// The top-level resource, with the token for webhooks and interactions; empty if there is none. As secret as `path`.
    package let major: String
    /// Why this route must not be sent, or `nil`: an empty or a dot-segment parameter would address another endpoint.
    package let fault: String?

    /// Fills `template` with `parameters` in order. The counts must be equal: templates are ours, so a mismatch is our bug.
    package init(_ template: String, _ parameters: String...) {
        var parts = Parts()
        var remaining = parameters[...]
        for segment in Self.segments(of: template) {
            guard segment.utf8.first == UInt8(ascii: "{") else {
                parts.append(literal: segment)
                continue
            }
            guard let value = remaining.popFirst() else { preconditionFailure("\(template): a parameter is missing") }
            parts.append(parameter: segment.dropFirst().dropLast(), value: value)
        }
        precondition(remaining.isEmpty, "\(template): too many parameters")
        self.init(template: template, parts)
    }

    /// The route of a path written by a script, such as `/channels/41771983423143937/messages`, without a query.
    ///
    /// Numbers become `{id}`, what follows a webhook's or an interaction's id becomes `{token}` and what follows a name such as
    /// `reactions` becomes its parameter, so that limits are grouped and secrets hidden as for our own templates.
    /// Segments may be percent-encoded already.
    package init(path: String) {
        var template = ""
        var parts = Parts()
        for segment in Self.segments(of: path) {
            let text = PercentEncoding.decode(segment)
            let parameter: Substring? =
                if parts.count == 2 && (parts.first == "webhooks" || parts.first == "interactions") {
                    "token"
                } else if text.utf8.allSatisfy({ UInt8(ascii: "0") <= $0 && $0 <= UInt8(ascii: "9") }) {
                    "id"
                } else if let name = Self.openParameters[parts.last], !text.hasPrefix("@") {
                    name
                } else if text.utf8.allSatisfy(Self.isLiteral), text != ".", text != ".." {
                    nil
                } else {
                    "segment"
                }
            if let parameter {
                template += "/{\(parameter)}"
                parts.append(parameter: parameter, value: text)
            } else {
                template += "/\(text)"
                parts.append(literal: text[...])
            }
        }
        self.init(template: template, parts)
    }

    private init(template: String, _ parts: Parts) {
        self.template = template
        path = parts.path
        redactedPath = parts.redactedPath ?? parts.path
        major = parts.major
        fault = parts.count == 0 ? "the path is empty" : parts.fault
    }

    /// What stands between the slashes, byte by byte: a slash before a combining character is one too.
    private static func segments(of path: String) -> [Substring] {
        path.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }
    }

    /// Path segments that are followed by a parameter which is not a number.
    private static let openParameters: [Substring: Substring] = ["reactions": "emoji", "invites": "code", "templates": "code"]

    private static func isLiteral(_ byte: UInt8) -> Bool {
        PercentEncoding.isUnreserved(byte) || byte == UInt8(ascii: "@")
    }
}

extension Route {
    /// A path grown segment by segment.
    private struct Parts {
        var path = ""
        /// `nil` as long as nothing in `path` is secret.
        var redactedPath: String?
        var major = ""
        var fault: String?
        var count = 0
        var first: Substring = ""
        var last: Substring = ""

        mutating func append(literal: Substring) {
            append(literal, redacted: nil)
            if count == 1 { first = literal }
            last = literal
        }

        mutating func append(parameter name: Substring, value: String) {
            if value.isEmpty || value == "." || value == ".." { fault = "\(value.isEmpty ? "empty" : "“\(value)”") is no \(name)" }
            let encoded = PercentEncoding.encode(value)
            let isSecret = name.hasSuffix("token")
            if count == 1, Self.majorResources.contains(first) { major = encoded }
            if count == 2, isSecret, !major.isEmpty { major += ":\(encoded)" }
            append(encoded[...], redacted: isSecret ? "{\(name)}" : nil)
            last = ""
        }

        private mutating func append(_ segment: Substring, redacted: Substring?) {
            if redactedPath == nil, redacted != nil { redactedPath = path }
            path += "/"
            path += segment
            redactedPath?.append("/")
            redactedPath?.append(contentsOf: redacted ?? segment)
            count += 1
        }

        private static let majorResources: Set<Substring> = ["channels", "guilds", "webhooks", "interactions"]
    }
}
