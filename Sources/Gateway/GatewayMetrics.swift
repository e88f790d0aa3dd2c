package import Discord

/// What has happened at the gateway since a bot started, over all of its fleets. Plain counters on the reactor thread; `snapshot` is for
/// others.
package final class GatewayMetrics {
    /// Everything that is counted or measured, at one moment.
    package struct Snapshot: Equatable, Sendable {
        package let totals: Totals
        /// Dispatches received, by `EventName.rawValue`.
        package let events: [Int]
        /// Events that were dropped because their handlers did not keep up, by `EventName.rawValue`.
        package let shed: [Int]
        /// The present fleet's shards in order, each with its latency.
        package let shards: [ShardStatus]

        /// Dispatches of one event, received and shed.
        package subscript(event: EventName) -> (received: Int, shed: Int) { (events[Int(event.rawValue)], shed[Int(event.rawValue)]) }
    }

    /// Numbers only: a field that is updated for each event costs an addition and no more.
    package struct Totals: Equatable, Sendable {
        /// Message bytes received, as they were on the wire and after inflating.
        package var wireBytes = 0
        package var payloadBytes = 0
        /// Bytes and number of the commands sent, before framing.
        package var bytesSent = 0
        package var commandsSent = 0
        /// WebSocket messages received, each of which Discord sends in one frame, and the payloads that were in them.
        package var messages = 0
        package var payloads = 0
        /// Dispatches whose name is not known here.
        package var unknownEvents = 0
        /// Dispatches that nobody had subscribed to.
        package var unwantedEvents = 0
        /// Dispatches that a replay repeated.
        package var repeatedEvents = 0
        /// Connections that opened, those of them that replaced a lost one, and those that did not open.
        package var connections = 0
        package var reconnects = 0
        package var failedConnections = 0
        /// IDENTIFYs and RESUMEs sent, and the sessions that began and went on by them.
        package var identifies = 0
        package var resumes = 0
        package var sessions = 0
        package var resumedSessions = 0
        /// Connections left because what came could not be understood.
        package var brokenStreams = 0
        /// Heartbeats sent and acknowledged.
        package var heartbeats = 0
        package var acknowledgements = 0
        /// Connections that gave up memory because nothing but heartbeats came.
        package var hibernations = 0

        package init() {}
    }

    var totals = Totals()
    /// The counts of what was shed where events wait for their handlers, by `EventName.rawValue`.
    package var shedCounts: () -> [Int] = { [Int](repeating: 0, count: EventName.count) }
    var statuses: () -> [ShardStatus] = { [] }
    private let events: UnsafeMutableBufferPointer<Int>

    package init() {
        events = .allocate(capacity: EventName.count)
        events.initialize(repeating: 0)
    }

    deinit { events.deallocate() }

    @inline(__always)
    func count(_ event: EventName) { events[Int(event.rawValue)] &+= 1 }

    /// All of it now. On the reactor thread.
    package var snapshot: Snapshot {
        Snapshot(totals: totals, events: Array(events), shed: shedCounts(), shards: statuses())
    }
}

@available(*, unavailable) extension GatewayMetrics: Sendable {}
