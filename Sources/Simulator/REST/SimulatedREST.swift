import Discord
import JSON
import NIOCore
import NIOHTTP1

/// Discord's REST API, version 10: finds the route, checks token and limits, answers. Confined to the event loop.
final class SimulatedREST {
    private static let routes: [Route] =
        applicationRoutes + messageRoutes + reactionRoutes + channelRoutes + guildRoutes + memberRoutes + interactionRoutes + commandRoutes

    private var limiter = RateLimiter()
    private var faults: [(remaining: Int, path: String, fault: RESTFault)] = []
    private unowned let simulation: Simulation

    init(simulation: Simulation) { self.simulation = simulation }

    func spoil(next count: Int, path: String, with fault: RESTFault) {
        if count > 0 { faults.append((count, path, fault)) }
    }

    /// Answers a request, at once or later. `nil` has the connection closed instead.
    func answer(_ request: HTTPRequest, _ completion: @escaping (HTTPAnswer?) -> Void) {
        let method = request.head.method
        let path = String(request.head.uri.split(separator: "?", maxSplits: 1).first ?? "")
        let done: (HTTPAnswer?) -> Void = { [simulation] answer in
            simulation.log.note(.request(method: method.rawValue, path: path, status: answer?.status ?? 0))
            completion(answer)
        }
        switch takeFault(for: path) {
        case nil: done(self.answer(request, path: path))
        case .drop: done(nil)
        case .silence:
            _ = self.answer(request, path: path)
            done(nil)
        case .delay(let duration):
            let answer = self.answer(request, path: path)
            _ = simulation.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(duration.nanoseconds)) { done(answer) }
        case .status(let status, let body, let headers):
            done(HTTPAnswer(status: status, headers: headers.map { ($0.key, $0.value) }, body: status == 204 ? nil : Array(body.utf8)))
        case .rateLimited(let retryAfter, let scope):
            done(tooMany(retryAfter: retryAfter, scope: scope, headers: []))
        }
    }

    private func takeFault(for path: String) -> RESTFault? {
        guard let index = faults.firstIndex(where: { $0.path.isEmpty || path.contains($0.path) }) else { return nil }
        faults[index].remaining -= 1
        let fault = faults[index].fault
        if faults[index].remaining == 0 { faults.remove(at: index) }
        return fault
    }

    private func answer(_ request: HTTPRequest, path: String) -> HTTPAnswer {
        var headers: [(String, String)] = []
        do throws(RESTFailure) {
            let (route, parameters) = try find(request.head.method, path)
            guard !request.isTooLarge else { throw RESTFailure(413, 40005, "Request entity too large") }
            guard request.head.headers.first(name: "user-agent") != nil else { throw RESTFailure(403, 40333, "internal network error") }
            if route.needsToken { try authorize(request.head.headers) }
            if !route.isInteraction {
                let global = limiter.spend("global", simulation.configuration.restLimits.global, at: .now)
                if global.isExceeded { return tooMany(retryAfter: global.resetAfter, scope: "global", headers: []) }
            }
            let state = limiter.spend(bucketKey(route, parameters), allowance(route.limit), at: .now)
            headers = self.headers(state, route)
            if state.isExceeded { return tooMany(retryAfter: state.resetAfter, scope: "user", headers: headers) }
            let reply = try route.handler(simulation, try call(request, parameters))
            simulation.publish()
            return HTTPAnswer(status: reply.status, headers: headers + jsonHeader(reply.body != nil), body: reply.body?.serialized)
        } catch {
            // What was changed before the fault was noticed is told all the same.
            simulation.publish()
            return HTTPAnswer(status: error.status, headers: headers + jsonHeader(true), body: error.body.serialized)
        }
    }

    private func jsonHeader(_ hasBody: Bool) -> [(String, String)] { hasBody ? [("Content-Type", "application/json")] : [] }

    /// The route and its parameters: 404 for no path that fits, 405 when only the method does not.
    private func find(_ method: HTTPMethod, _ path: String) throws(RESTFailure) -> (Route, [String: String]) {
        let parts = path.split(separator: "/")
        guard parts.count > 2, parts[0] == "api", parts[1] == "v10" else { throw .notFound }
        var isKnown = false
        for route in SimulatedREST.routes {
            guard let parameters = route.parameters(in: Array(parts.dropFirst(2))) else { continue }
            if route.method == method { return (route, parameters) }
            isKnown = true
        }
        throw isKnown ? .methodNotAllowed : .notFound
    }

    private func authorize(_ headers: HTTPHeaders) throws(RESTFailure) {
        let expected = "Bot \(simulation.token)"
        guard simulation.gateway.isTokenValid, headers.first(name: "authorization") == expected else { throw .unauthorized }
    }

    private func call(_ request: HTTPRequest, _ parameters: [String: String]) throws(RESTFailure) -> RESTCall {
        var query: [String: String] = [:]
        for pair in request.head.uri.split(separator: "?", maxSplits: 1).dropFirst().first?.split(separator: "&") ?? [] {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[String(parts[0])] = parts.count == 2 ? PercentEncoding.decoded(parts[1]) : ""
        }
        let reason = request.head.headers.first(name: "x-audit-log-reason").flatMap { PercentEncoding.decoded($0) }
        let type = request.head.headers.first(name: "content-type") ?? ""
        if type.lowercased().hasPrefix("multipart/form-data") {
            let form = try MultipartForm(request.body, contentType: type)
            return RESTCall(parameters: parameters, query: query, body: form.payload, files: form.files, reason: reason)
        }
        guard !request.body.isEmpty else { return RESTCall(parameters: parameters, query: query, body: [:], files: [], reason: reason) }
        guard type.lowercased().hasPrefix("application/json") else {
            throw .invalid(["_root"], "CONTENT_TYPE_INVALID", "Expected \"Content-Type\" header to be one of {'application/json', 'multipart/form-data'}.")
        }
        do {
            return RESTCall(parameters: parameters, query: query, body: try JSONValue(parsing: request.body), files: [], reason: reason)
        } catch {
            throw .invalidJSON
        }
    }

    // MARK: Limits

    private func allowance(_ limit: Route.Limit) -> RESTLimits.Allowance {
        let limits = simulation.configuration.restLimits
        return switch limit {
        case .createMessage: limits.createMessage
        case .reactions: limits.reactions
        case .others: limits.others
        }
    }

    /// Buckets are counted for each channel, guild or webhook (Discord docs, Rate Limits › Header Format).
    private func bucketKey(_ route: Route, _ parameters: [String: String]) -> String {
        let major = parameters["channel"] ?? parameters["guild"] ?? parameters["token"] ?? ""
        return route.bucketName + " " + major
    }

    private func headers(_ state: RateLimiter.State, _ route: Route) -> [(String, String)] {
        let reset = simulation.world.now.advanced(by: state.resetAfter)
        return [
            ("X-RateLimit-Limit", String(state.limit)), ("X-RateLimit-Remaining", String(state.remaining)),
            ("X-RateLimit-Reset", SimulatedREST.decimal(reset.milliseconds)),
            ("X-RateLimit-Reset-After", SimulatedREST.decimal(state.resetAfter.milliseconds)),
            ("X-RateLimit-Bucket", SimulatedREST.hash(route.bucketName)),
        ]
    }

    private func tooMany(retryAfter: Duration, scope: String, headers: [(String, String)]) -> HTTPAnswer {
        let isGlobal = scope == "global"
        let body: JSONValue = [
            "message": isGlobal ? "You are being blocked from accessing our API temporarily due to exceeding our rate limits frequently."
                : scope == "shared" ? "The resource is being rate limited." : "You are being rate limited.",
            "retry_after": .double(Double(retryAfter.milliseconds + 1) / 1000), "global": .bool(isGlobal),
        ]
        var headers = headers + jsonHeader(true)
        // The header counts whole seconds, rounded up.
        headers.append(("Retry-After", String((retryAfter.milliseconds + 1000) / 1000)))
        headers.append(("X-RateLimit-Scope", scope))
        if isGlobal { headers.append(("X-RateLimit-Global", "true")) }
        return HTTPAnswer(status: 429, headers: headers, body: body.serialized)
    }

    /// Milliseconds as seconds with three decimals.
    private static func decimal(_ milliseconds: Int64) -> String {
        let fraction = String(max(0, milliseconds) % 1000)
        return "\(max(0, milliseconds) / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
    }

    /// 32 hexadecimal digits that stand for a bucket (FNV-1a, twice).
    private static func hash(_ name: String) -> String {
        func digits(_ start: UInt64) -> String {
            let value = name.utf8.reduce(start) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
            let text = String(value, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }
        return digits(0xCBF2_9CE4_8422_2325) + digits(0x8422_2325_CBF2_9CE4)
    }
}
