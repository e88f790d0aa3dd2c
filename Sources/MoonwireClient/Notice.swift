/// Something that happened to a client and that a person may want to read: a line for a log.
public struct Notice: Equatable, Sendable {
    /// How much it matters.
    public enum Level: String, CaseIterable, Comparable, Sendable {
        /// Of interest when something is being looked into.
        case debug
        /// The ordinary course of things: connections made and ended.
        case info
        /// Something did not work and is tried again, or events were dropped.
        case warning
        /// A handler or a command failed.
        case error

        /// Whether `one` matters less than `other`.
        public static func < (one: Level, other: Level) -> Bool { one.rank < other.rank }

        private var rank: Int {
            switch self {
            case .debug: 0
            case .info: 1
            case .warning: 2
            case .error: 3
            }
        }
    }

    /// How much it matters.
    public let level: Level
    /// One line.
    public let text: String

    init(_ level: Level, _ text: String) {
        self.level = level
        self.text = text
    }
}
