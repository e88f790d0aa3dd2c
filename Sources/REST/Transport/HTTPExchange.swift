/// One HTTP request as it goes over the wire, once.
struct HTTPExchange {
    var method: HTTPMethod
    var url: String
    /// The URL's host, for messages: the URL itself may hold secrets.
    var host: String
    /// Whole header lines, `Name: value`.
    var headers: [String]
    var body: RESTBody
    /// Whether the library may send the request again by itself when a reused connection turns out to be dead.
    var isReplayable: Bool
    /// From the start of the transfer to its last byte.
    var timeout: Duration
}

/// How it ended.
enum HTTPOutcome {
    case answered(HTTPAnswer)
    case failed(TransportFailure)
}

/// What the server answered, whatever the status.
struct HTTPAnswer {
    var status = 0
    var limits = RateLimitHeaders()
    /// `Location`, of a redirect that is not followed.
    var location: String?
    var body: [UInt8] = []
}
