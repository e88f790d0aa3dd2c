/// An answer with a status from 200 to 299, or 304.
package struct RESTResponse: Sendable {
    package var status: Int
    /// JSON text for nearly every endpoint; empty with 204.
    package var body: [UInt8]
    package var limits: RateLimitHeaders
    /// From `perform` to the answer, waits and retries included.
    package var elapsed: Duration
    /// How often the request was sent, at least 1.
    package var attempts: Int
}
