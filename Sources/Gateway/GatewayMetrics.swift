import Discord

/// What has happened on a fleet's connections since it started. Plain counters on the reactor thread; `snapshot` is for others.
package final class GatewayMetrics {
    /// The counters at one moment.
    package struct Snapshot: Equatable, Sendable {
        /// Message bytes received, as they were on the wire and after inflating.
        package var wireBytes = 0
        package var payloadBytes = 0
        package var bytesSent = 0
        package var messages = 0
        package var payloads = 0
        package var commandsSent = 0
        /// Dispatches, by `EventName.rawValue`.
        package var events = [Int](repeating: 0, count: EventName.count)
        package var unknownEvents = 0
        /// Dispatches that nobody had subscribed to.
        package var unwantedEvents = 0
        /// Dispatches that a replay repeated.
        package var repeatedEvents = 0
        package var connections = 0
        package var failedConnections = 0
        package var identifies = 0
        package var resumes = 0
        package var sessions = 0
        package var resumedSessions = 0
        package var brokenStreams = 0
        package var heartbeats = 0
        package var acknowledgements = 0

        package init() {}
    }

    package internal(set) var snapshot = Snapshot()

    package init() {}
}

@available(*, unavailable) extension GatewayMetrics: Sendable {}
