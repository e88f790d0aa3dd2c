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
    /// `Location`, of a redirect that is not followed. As secret as the path that was asked for, which it mostly repeats.
    var location: String?
    var body: [UInt8] = []

    /// Scheme and authority of `location`, which are no secret; `nil` if it names none, or not in plain ASCII.
    var origin: Substring? {
        guard let location, let scheme = ["https://", "http://"].first(where: { location.lowercased().hasPrefix($0) }) else { return nil }
        let authority = location.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
        guard !authority.isEmpty, authority.utf8.allSatisfy({ 0x21 <= $0 && $0 <= 0x7E && $0 != UInt8(ascii: "@") }) else { return nil }
        return location[..<authority.endIndex].prefix(200)
    }
}
