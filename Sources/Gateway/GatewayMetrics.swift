import Discord

/// What has happened on a fleet's connections since it started. Plain counters on the reactor thread; `snapshot` is for others.
package final class GatewayMetrics {
    /// The counters at one moment.
    package struct Snapshot: Equatable, Sendable {
        package internal(set) var totals = Totals()
        /// Dispatches, by `EventName.rawValue`.
        package internal(set) var events: [Int] = []
    }

    /// Numbers only: a field that is updated for each event costs an addition and no more.
    package struct Totals: Equatable, Sendable {
        /// Message bytes received, as they were on the wire and after inflating.
        package var wireBytes = 0
        package var payloadBytes = 0
        package var bytesSent = 0
        package var messages = 0
        package var payloads = 0
        package var commandsSent = 0
        /// Dispatches whose name is not known here.
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
        /// Connections that gave up memory because nothing but heartbeats came.
        package var hibernations = 0

        package init() {}
    }

    var totals = Totals()
    private let events: UnsafeMutableBufferPointer<Int>

    package init() {
        events = .allocate(capacity: EventName.count)
        events.initialize(repeating: 0)
    }

    deinit { events.deallocate() }

    @inline(__always)
    func count(_ event: EventName) { events[Int(event.rawValue)] &+= 1 }

    /// The counters now.
    package var snapshot: Snapshot { Snapshot(totals: totals, events: Array(events)) }
}

@available(*, unavailable) extension GatewayMetrics: Sendable {}
