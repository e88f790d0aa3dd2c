package import Discord

/// How a `RESTClient` behaves. Every field has the value that serves a bot at Discord.
package struct RESTConfiguration: Sendable {
    /// Base of every path, with version: `https://discord.com/api/v10`. `http://` only if it is written so.
    package var baseURL: String
    /// Sent as `Authorization: Bot …` with requests that are `authorized`.
    package var token: BotToken?
    /// `DiscordBot (url, version)`: any other form is blocked (Discord, "User Agent").
    package var userAgent = "DiscordBot (https://github.com/moonwire/moonwire, 0.1)"
    /// PEM file of authorities trusted beside the system's.
    package var caFile: String?
    /// `nil` lets the environment decide as curl does (`https_proxy`, `HTTPS_PROXY`, `NO_PROXY` …); empty uses none.
    package var proxy: String?
    /// HTTP/2 sends every request over one connection, so that a burst needs no further handshakes.
    package var http2 = true

    /// Name lookup, connection and TLS handshake together.
    package var connectTimeout: Duration = .seconds(10)
    /// One attempt from its start to the last byte of its answer.
    package var attemptTimeout: Duration = .seconds(60)
    /// From `perform` to the answer, all waits included, for requests that name no deadline.
    package var deadline: Duration = .seconds(300)
    /// Longest answer in bytes; the largest of Discord's are a few MB (members, audit logs).
    package var responseLimit = 32 * 1024 * 1024
    /// Longest body in bytes (Discord, "Create Message": 25 MiB).
    package var requestLimit = Limits.requestBodyBytes
    /// First of the pauses 1 ×, 2 ×, 4 × before a request is sent again after a server error.
    package var retryPause: Duration = .seconds(1)
    package var limits = RateLimits()

    package init(baseURL: String = "https://discord.com/api/v10", token: BotToken? = nil) {
        self.baseURL = baseURL
        self.token = token
    }
}
