internal import Discord

/// How a bot shows itself in member lists.
public enum PresenceStatus: String, CaseIterable, Sendable {
    /// A green dot.
    case online
    /// A yellow moon.
    case idle
    /// A red sign.
    case doNotDisturb = "dnd"
    /// As if it were offline.
    case invisible

    var status: Presence.Status {
        switch self {
        case .online: .online
        case .idle: .idle
        case .doNotDisturb: .doNotDisturb
        case .invisible: .invisible
        }
    }
}
