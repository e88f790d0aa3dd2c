/// An activity as a bot may set it: `name`, `type`, `state` and `url` (Discord docs, Gateway Events › Activity Object).
package struct Activity: Equatable, Sendable {
    package enum Kind: Int, CaseIterable, Sendable {
        case playing = 0
        /// Shown as such only with a twitch.tv or youtube.com `url`.
        case streaming = 1
        case listening = 2
        case watching = 3
        /// Shows `state` alone; `name` is required but not shown.
        case custom = 4
        case competing = 5

        /// The word a script uses.
        package init?(word: some StringProtocol) {
            guard let kind = Kind.allCases.first(where: { $0.word == String(word) }) else { return nil }
            self = kind
        }

        package var word: String {
            switch self {
            case .playing: "playing"
            case .streaming: "streaming"
            case .listening: "listening"
            case .watching: "watching"
            case .custom: "custom"
            case .competing: "competing"
            }
        }
    }

    package enum Fault: Error, Equatable, Sendable {
        case emptyName
        /// A custom activity without `state` would show nothing.
        case emptyState
        /// More than `limit` UTF-16 units.
        case tooLong(field: String, length: Int, limit: Int)
        /// A streaming activity needs an http(s) URL of twitch.tv or youtube.com, and no other kind takes one.
        case invalidURL(String)
    }

    package let kind: Kind
    package let name: String
    package let state: String?
    package let url: String?

    package init(_ kind: Kind, name: String, state: String? = nil, url: String? = nil) throws(Fault) {
        guard !name.isEmpty else { throw .emptyName }
        for (field, text) in [("name", name), ("state", state ?? "")] where text.utf16.count > Limits.activityText {
            throw .tooLong(field: field, length: text.utf16.count, limit: Limits.activityText)
        }
        if kind == .custom, state?.isEmpty ?? true { throw .emptyState }
        if let url, kind != .streaming || !Activity.isStreamURL(url) { throw .invalidURL(url) }
        if url == nil, kind == .streaming { throw .invalidURL("") }
        self.kind = kind
        self.name = name
        self.state = state
        self.url = url
    }

    /// A custom status; `name` is what Discord's own clients send.
    package static func custom(_ state: String) throws(Fault) -> Activity {
        try Activity(.custom, name: "Custom Status", state: state)
    }

    private static func isStreamURL(_ url: String) -> Bool {
        let url = url.lowercased()
        guard let scheme = ["https://", "http://"].first(where: url.hasPrefix) else { return false }
        let host = url.dropFirst(scheme.count).prefix { !"/?#:".contains($0) }
        return ["twitch.tv", "youtube.com"].contains { host == $0 || host.hasSuffix("." + $0) }
    }
}

extension Activity.Fault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .emptyName: "an activity needs a name"
        case .emptyState: "a custom activity needs a text (state)"
        case .tooLong(let field, let length, let limit): "activity \(field) has \(length) characters; Discord allows \(limit)"
        case .invalidURL(""): "a streaming activity needs a url of twitch.tv or youtube.com"
        case .invalidURL(let url): "\"\(url)\" cannot be an activity's url: only streaming takes one, of twitch.tv or youtube.com"
        }
    }
}
