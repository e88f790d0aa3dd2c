import Reactor

/// A request under way, from `RESTClient.perform` to its completion. Loop-confined.
package final class RESTCall {
    let number: Int
    let request: RESTRequest
    let started: ContinuousClock.Instant
    let deadline: ContinuousClock.Instant
    /// `nil` once it has been called.
    var completion: ((Result<RESTResponse, RESTError>) -> Void)?
    var state = State.waiting
    var ticket: RateLimiter.Ticket?
    var attempts = 0
    var policy: RetryPolicy
    var deadlineTimer: TimerToken?
    private weak var client: RESTClient?

    enum State {
        /// In the limiter's queue, or not there yet.
        case waiting
        case underWay(CurlTransfer, since: ContinuousClock.Instant)
        case done
    }

    init(
        _ request: RESTRequest, number: Int, client: RESTClient, started: ContinuousClock.Instant, deadline: ContinuousClock.Instant,
        policy: RetryPolicy, completion: @escaping (Result<RESTResponse, RESTError>) -> Void
    ) {
        self.request = request
        self.number = number
        self.client = client
        self.started = started
        self.deadline = deadline
        self.policy = policy
        self.completion = completion
    }

    /// Ends the request: its completion gets `.cancelled` in the next turn. What was sent may still take effect at Discord.
    /// Idempotent; nothing happens after the completion.
    package func cancel() {
        client?.cancel(self)
    }

    /// As `cancel`, unless the request is under way: then it goes on.
    package func withdraw() {
        if case .waiting = state { cancel() }
    }

    /// Method and redacted path.
    var name: String { "\(request.method.rawValue) \(request.route.redactedPath)" }
}

@available(*, unavailable) extension RESTCall: Sendable {}
