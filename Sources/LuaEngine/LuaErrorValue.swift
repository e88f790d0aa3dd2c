/// An error a host function raises as a table, so that a script can look at what went wrong.
///
/// The table has the fields below under their Lua names, absent where `nil`, and prints as its message.
package struct LuaErrorValue: Sendable, Equatable {
    /// `code`: Discord's JSON error code, or a host's own word such as `"timeout"`.
    package enum Code: Sendable, Equatable {
        case number(Int64)
        case word(String)
    }

    package var code: Code?
    /// `status`: the HTTP status.
    package var status: Int?
    /// `message`: what happened, one sentence.
    package var message: String
    /// `route`: the method and route template.
    package var route: String?
    /// `retry_after`: seconds.
    package var retryAfter: Double?

    package init(message: String, code: Code? = nil, status: Int? = nil, route: String? = nil, retryAfter: Double? = nil) {
        self.message = message
        self.code = code
        self.status = status
        self.route = route
        self.retryAfter = retryAfter
    }
}
