/// A misfortune on the REST side that a test orders for the next requests.
package enum RESTFault: Sendable, Equatable {
    /// This status with this body; `headers` are added.
    case status(Int, body: String, headers: [String: String])
    /// 429 with Discord's body and headers. `scope` is `user`, `global` or `shared`.
    case rateLimited(retryAfter: Duration, scope: String)
    /// The request is carried out, but the connection ends before an answer.
    case silence
    /// The connection ends before the request is carried out.
    case drop
    /// The answer is held back.
    case delay(Duration)
}
