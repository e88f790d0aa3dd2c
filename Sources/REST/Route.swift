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
        for segment in template.split(separator: "/") {
            guard segment.first == "{" else {
                parts.append(literal: segment)
                continue
            }
            guard let value = remaining.popFirst() else { preconditionFailure("\(template): a parameter is missing") }
            parts.append(parameter: segment.dropFirst().dropLast(), value: value)
        }
        precondition(remaining.isEmpty, "\(template): too many parameters")
        self.init(parts)
    }

    /// The route of a path written by a script, such as `/channels/41771983423143937/messages`, without a query.
    ///
    /// Numbers become `{id}`, what follows a webhook's or an interaction's id becomes `{token}` and what follows a name such as
    /// `reactions` becomes its parameter, so that limits are grouped and secrets hidden as for our own templates.
    /// Segments may be percent-encoded already.
    package init(path: String) {
        var parts = Parts()
        for segment in path.split(separator: "/") {
            let text = PercentEncoding.decode(segment)
            if parts.count == 2 && (parts.first == "webhooks" || parts.first == "interactions") {
                parts.append(parameter: "token", value: text)
            } else if text.utf8.allSatisfy({ UInt8(ascii: "0") <= $0 && $0 <= UInt8(ascii: "9") }) {
                parts.append(parameter: "id", value: text)
            } else if let name = Self.openParameters[parts.last], !text.hasPrefix("@") {
                parts.append(parameter: name[...], value: text)
            } else if text.utf8.allSatisfy(Self.isLiteral), text != ".", text != ".." {
                parts.append(literal: text[...])
            } else {
                parts.append(parameter: "segment", value: text)
            }
        }
        self.init(parts)
    }

    private init(_ parts: Parts) {
        template = parts.template
        path = parts.path
        redactedPath = parts.redactedPath
        major = parts.major
        fault = parts.count == 0 ? "the path is empty" : parts.fault
    }

    /// Path segments that are followed by a parameter which is not a number.
    private static let openParameters: [Substring: String] = ["reactions": "emoji", "invites": "code", "templates": "code"]

    private static func isLiteral(_ byte: UInt8) -> Bool {
        PercentEncoding.isUnreserved(byte) || byte == UInt8(ascii: "@")
    }
}

extension Route {
    /// The four spellings of one path, grown segment by segment.
    private struct Parts {
        var template = ""
        var path = ""
        var redactedPath = ""
        var major = ""
        var fault: String?
        var count = 0
        var first: Substring = ""
        var last: Substring = ""

        mutating func append(literal: Substring) {
            append(template: literal, path: literal, redacted: literal)
        }

        mutating func append(parameter name: Substring, value: String) {
            if value.isEmpty || value == "." || value == ".." { fault = "\(value.isEmpty ? "empty" : "“\(value)”") is no \(name)" }
            let encoded = PercentEncoding.encode(value)[...]
            let secret = name.hasSuffix("token")
            switch (count, first) {
            case (1, "channels"), (1, "guilds"), (1, "webhooks"), (1, "interactions"): major = String(encoded)
            case (2, "webhooks"), (2, "interactions"): if secret { major += ":\(encoded)" }
            default: break
            }
            append(template: "{\(name)}", path: encoded, redacted: secret ? "{\(name)}" : encoded)
        }

        private mutating func append(template segment: Substring, path encoded: Substring, redacted: Substring) {
            template += "/\(segment)"
            path += "/\(encoded)"
            redactedPath += "/\(redacted)"
            if count == 0 { first = segment }
            last = segment
            count += 1
        }
    }
}
