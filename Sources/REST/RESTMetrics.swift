/// What a `RESTClient` has done since it was made. Counts only grow.
package struct RESTMetrics: Sendable, Equatable {
    /// Calls of `perform`.
    package var requests = 0
    /// Requests put on the wire, retries included.
    package var attempts = 0
    /// Attempts after the first.
    package var retries = 0
    /// Completions with a response and with an error.
    package var succeeded = 0
    package var failed = 0
    /// Answers with status 429.
    package var rateLimited = 0
    /// Attempts without a whole answer.
    package var broken = 0
    /// Connections made; few for many attempts means that they are reused.
    package var connections = 0
    /// Bytes of bodies.
    package var sentBytes = 0
    package var receivedBytes = 0
    /// Time on the wire of answered attempts: all together, the longest, the last.
    package var totalLatency: Duration = .zero
    package var longestLatency: Duration = .zero
    package var lastLatency: Duration = .zero

    /// Takes note of an answer after `latency`.
    mutating func answered(after latency: Duration, status: Int, byteCount: Int) {
        totalLatency += latency
        longestLatency = max(longestLatency, latency)
        lastLatency = latency
        receivedBytes += byteCount
        if status == 429 { rateLimited += 1 }
    }
}
