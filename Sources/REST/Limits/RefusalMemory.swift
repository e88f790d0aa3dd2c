import Discord

/// Answers that would be the same if asked again soon, remembered so that a script's loop does not earn the address a ban.
///
/// Two kinds: the third 403 in a row for one method and path within a minute is repeated for a minute (a missing permission
/// stays missing that long), and a webhook that answered 404 with code 10015 is never called again (Discord, "Rate Limits",
/// "Invalid Request Limit").
struct RefusalMemory {
    static let threshold = 3
    static let span: Duration = .seconds(60)
    private static let capacity = 1024

    private struct Entry {
        var error: RESTError
        var count: Int
        var until: ContinuousClock.Instant
    }

    private var refused: [String: Entry] = [:]
    private var goneWebhooks: [String: RESTError] = [:]

    /// Calls and webhooks remembered.
    var count: Int { refused.count + goneWebhooks.count }

    /// The error to give instead of sending `request`, or `nil`.
    func recall(_ request: RESTRequest, at now: ContinuousClock.Instant) -> RESTError? {
        if let gone = goneWebhooks[request.route.major], Self.isWebhook(request) { return gone.remembered(for: nil) }
        guard let entry = refused[Self.key(request)], entry.count >= Self.threshold, now < entry.until else { return nil }
        return entry.error.remembered(for: entry.until - now)
    }

    /// Takes note of an answer; `error` is `nil` for a success, which forgets earlier refusals of the same call.
    mutating func record(_ error: RESTError?, of request: RESTRequest, at now: ContinuousClock.Instant) {
        guard let error, let status = error.status else {
            if error == nil, !refused.isEmpty { refused[Self.key(request)] = nil }
            return
        }
        if status == 404, error.code == .unknownWebhook, Self.isWebhook(request) {
            if goneWebhooks.count >= Self.capacity { goneWebhooks.removeAll() }
            goneWebhooks[request.route.major] = error
        } else if status == 403, error.code != nil {
            if refused.count >= Self.capacity { refused = refused.filter { now < $0.value.until } }
            if refused.count >= Self.capacity { refused.removeAll() }
            let key = Self.key(request)
            let earlier = refused[key].flatMap { now < $0.until ? $0.count : nil } ?? 0
            refused[key] = Entry(error: error, count: earlier + 1, until: now + Self.span)
        }
    }

    private static func key(_ request: RESTRequest) -> String { "\(request.method.rawValue) \(request.route.path)" }

    private static func isWebhook(_ request: RESTRequest) -> Bool { request.route.template.hasPrefix("/webhooks/") }
}
