/// What op 3 and IDENTIFY say about the bot itself (Discord docs, Gateway Events › Update Presence).
package struct Presence: Equatable, Sendable {
    package enum Status: String, CaseIterable, Sendable {
        case online
        case doNotDisturb = "dnd"
        case idle
        case invisible
        case offline
    }

    package let status: Status
    package let activities: [Activity]
    /// Since when the bot is idle, in Unix milliseconds.
    package let since: Int64?
    package let isAFK: Bool

    package init(status: Status = .online, activities: [Activity] = [], since: Int64? = nil, isAFK: Bool = false) {
        self.status = status
        self.activities = activities
        self.since = since
        self.isAFK = isAFK
    }
}
