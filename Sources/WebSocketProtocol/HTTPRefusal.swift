/// An HTTP response where an upgrade or a tunnel was expected.
package struct HTTPRefusal: Equatable, Sendable {
    package let status: Int
    /// The reason phrase; may be empty.
    package let reason: String
    /// The Location field, for the message to a person: it is never followed.
    package let location: String?
    /// The value of Retry-After, as sent.
    package let retryAfter: String?
    /// The first bytes of the body, at most `bodyLimit`, as text.
    package let bodyPrefix: String

    package static let bodyLimit = 1024
}

extension HTTPRefusal: CustomStringConvertible {
    package var description: String {
        var text = "HTTP \(status)"
        if !reason.isEmpty { text += " \(reason)" }
        if let location { text += ", Location: \(location)" }
        if !bodyPrefix.isEmpty { text += ": \(bodyPrefix)" }
        return text
    }
}
