import NIOHTTP1

/// One operation of the API: method, path template and what it does.
struct Route: Sendable {
    /// Which allowance its bucket has.
    enum Limit: Sendable { case createMessage, reactions, others }

    enum Segment: Sendable, Equatable {
        case word(Substring)
        case parameter(String)
    }

    typealias Handler = @Sendable (Simulation, RESTCall) throws(RESTFailure) -> RESTReply

    let method: HTTPMethod
    let template: String
    let segments: [Segment]
    let limit: Limit
    /// Interaction answers carry their token in the path, need no other, and stand outside the global limit.
    let isInteraction: Bool
    /// GET /gateway asks for no token either.
    let needsToken: Bool
    let handler: Handler

    /// `template` is written as in Discord's documentation, such as `/channels/{channel}/messages`.
    init(
        _ method: HTTPMethod, _ template: String, limit: Limit = .others, isInteraction: Bool = false, needsToken: Bool = true,
        _ handler: @escaping Handler
    ) {
        self.method = method
        self.template = template
        segments = template.split(separator: "/").map { part in
            part.hasPrefix("{") ? .parameter(String(part.dropFirst().dropLast())) : .word(part)
        }
        self.limit = limit
        self.isInteraction = isInteraction
        self.needsToken = needsToken && !isInteraction
        self.handler = handler
    }

    /// The parameters, when `path` (without query, split at slashes, still percent-encoded) fits the template.
    func parameters(in path: [Substring]) -> [String: String]? {
        guard path.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (part, segment) in zip(path, segments) {
            switch segment {
            case .word(let word): guard part == word else { return nil }
            case .parameter(let name):
                guard let value = PercentEncoding.decoded(part) else { return nil }
                parameters[name] = value
            }
        }
        return parameters
    }

    /// What identifies the bucket beside the top-level resource: method and template, with reactions counted together.
    var bucketName: String { limit == .reactions ? "reactions" : "\(method.rawValue) \(template)" }
}
