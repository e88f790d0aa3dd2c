package import Discord

/// Why a request brought no usable answer. One value for every cause, because a script sees one kind of error.
package struct RESTError: Error, Sendable {
    package var kind: Kind
    /// HTTP status of the last answer; `nil` if there was none.
    package var status: Int?
    /// Discord's error code ("JSON Error Codes"), such as 50013; `nil` if the answer named none.
    package var code: DiscordErrorCode?
    /// One line: Discord's own message with the fields it complains about, or what failed and what to do about it.
    package var message: String
    /// Method and path without secrets: `POST /channels/41771983423143937/messages`; empty for a fault of the client itself.
    package var route: String
    /// How long to wait before asking again can help.
    package var retryAfter: Duration?

    package init(
        _ kind: Kind, _ message: String, route: String = "", status: Int? = nil, code: DiscordErrorCode? = nil, retryAfter: Duration? = nil
    ) {
        self.kind = kind
        self.message = message
        self.route = route
        self.status = status
        self.code = code
        self.retryAfter = retryAfter
    }

    /// The cause, for code that must tell causes apart.
    package enum Kind: Sendable, Equatable {
        /// Discord answered with an error status.
        case answered
        /// Discord refused the token (401). No request that needs it is sent any more.
        case unauthorized
        /// A 429 that retries did not get past, or whose wait is longer than the deadline.
        case rateLimited
        /// The proxy before Discord refused the request or our address.
        case blocked
        /// Too many requests of the same origin are waiting.
        case queueFull
        /// The deadline passed.
        case timedOut
        /// `RESTCall.cancel` or the end of `shutdown`.
        case cancelled
        /// No answer: name lookup, connection, TLS, proxy or transfer failed.
        case transport
        /// The certificate did not verify.
        case certificate
        /// The answer is longer than the configured limit.
        case tooLarge
        /// The request cannot be sent as it is.
        case invalidRequest
        /// The client's configuration or the HTTP library cannot serve.
        case configuration
    }
}

extension RESTError: CustomStringConvertible {
    /// One line: `POST /channels/41771983423143937/messages: Missing Permissions (HTTP 403, code 50013)`.
    package var description: String {
        var line = route.isEmpty ? message : "\(route): \(message)"
        let numbers = [status.map { "HTTP \($0)" }, code.flatMap { $0 == .general ? nil : "code \($0.rawValue)" }].compactMap { $0 }
        if !numbers.isEmpty { line += " (\(numbers.joined(separator: ", ")))" }
        return line
    }
}

extension RESTError {
    /// The same error given again without asking; `span` is how long it goes on, `nil` for good.
    func remembered(for span: Duration?) -> RESTError {
        var error = self
        error.retryAfter = span
        error.message += span.map { " (not asked again for \($0.inSeconds))" } ?? " (not asked again)"
        return error
    }
}

extension RESTError {
    /// What an answer other than a success says.
    init(_ answer: HTTPAnswer, fault: DiscordFault?, route: String) {
        let retryAfter = [answer.limits.retryAfter, fault?.retryAfter].compactMap { $0 }.max()
        let kind: Kind
        var message = fault?.summary ?? ""
        switch answer.status {
        case 401:
            kind = .unauthorized
        case 429:
            kind = fault == nil ? .blocked : .rateLimited
            if fault == nil { message = "the proxy before Discord refuses this address; it has sent too many requests" }
        case 403 where fault == nil:
            kind = .blocked
            message = "the proxy before Discord refuses this request or this address"
        case 300..<400:
            kind = .answered
            message = "the server wants this to go elsewhere\(answer.origin.map { " (\($0))" } ?? ""); redirects are not followed, correct [discord] api_url"
        default:
            kind = .answered
        }
        if message.isEmpty { message = answer.status >= 500 ? "the server failed; try again later" : "the server refused the request" }
        self.init(kind, message, route: route, status: answer.status, code: fault?.code, retryAfter: retryAfter)
    }
}
