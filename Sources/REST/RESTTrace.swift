/// One step of a request for `--trace` and debug logs. Nothing in it is secret: routes are redacted, bodies and headers absent.
package struct RESTTrace: Sendable {
    /// Numbers the calls of one client from 1.
    package var call: Int
    /// Method and redacted path.
    package var route: String
    package var step: Step

    package enum Step: Sendable {
        case sent(attempt: Int, byteCount: Int)
        case answered(status: Int, byteCount: Int, latency: Duration, limits: RateLimitHeaders)
        case broken(String)
        /// Sent again, after the pause or when the limiter allows.
        case again(after: Duration?)
        case failed(RESTError)
    }
}

extension RESTTrace: CustomStringConvertible {
    package var description: String {
        let text = switch step {
        case .sent(let attempt, let byteCount): "sent, attempt \(attempt), \(byteCount) bytes"
        case .answered(let status, let byteCount, let latency, let limits):
            "HTTP \(status), \(byteCount) bytes after \(latency.inSeconds)" + (limits.remaining.map { ", \($0) of \(limits.limit ?? 0) left" } ?? "")
        case .broken(let message): message
        case .again(let pause): pause.map { "again after \($0.inSeconds)" } ?? "again when the rate limit allows"
        case .failed(let error): "failed: \(error.message)"
        }
        return "#\(call) \(route): \(text)"
    }
}
