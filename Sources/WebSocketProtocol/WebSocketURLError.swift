/// Why a URL was refused. Each case carries the URL's part that is at fault.
package enum WebSocketURLError: Error, Equatable, Sendable {
    /// Not ws, wss, http or https, or no "://".
    case unsupportedScheme(String)
    /// User names and passwords do not belong into these URLs: they would end up in logs.
    case userInformation
    case missingHost
    /// A character outside letters, digits, "-", "." and "_", an empty or over-long label, or a bad IPv6 literal.
    case invalidHost(String)
    /// Not a number in 1–65535.
    case invalidPort(String)
    /// A control character, a space, a byte outside ASCII, "%" without two hex digits, or a character RFC 3986 does not allow there.
    case invalidCharacter(at: Int)
    /// A "#": RFC 6455 §3 gives it no meaning.
    case fragment
}
