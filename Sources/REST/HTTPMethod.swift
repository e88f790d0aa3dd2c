/// The request methods Discord's HTTP API uses (RFC 9110 §9).
package enum HTTPMethod: String, Sendable, Hashable, CaseIterable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"

    /// Whether two of these to one place must reach Discord in the order in which they were asked for.
    package var isWrite: Bool { self != .get }
}
