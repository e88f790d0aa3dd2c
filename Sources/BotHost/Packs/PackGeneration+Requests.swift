internal import Discord
internal import GatewayProtocol
internal import JSON
internal import LuaEngine
internal import REST
internal import Reactor

/// Calls that go to the reactor thread and mostly wait for its answer.
extension PackGeneration {
    /// host.rest(method, path, prototype, body, reason, replayable, name1, bytes1, …)
    ///
    /// `replayable` says that sending twice has the effect of once, as an enforced nonce makes it.
    func rest(_ call: inout LuaCall) -> LuaOutcome {
        let verb = call.arguments.string(1) ?? ""
        guard let method = HTTPMethod(rawValue: verb.uppercased()) else {
            return call.raise("'\(verb.prefix(40))' is no method; it must be GET, POST, PUT, PATCH or DELETE")
        }
        // Lengths first: what is too long is refused before it is copied, for copies are the host's and no limit of the pack counts them.
        guard length(&call, 2) <= Self.pathBytes else { return call.raise("the path has more than \(Self.pathBytes) bytes") }
        guard length(&call, 5) <= Self.reasonBytes else { return call.raise("the reason is longer than \(Limits.auditLogReason) characters") }
        guard let path = call.arguments.string(2), path.hasPrefix("/") else {
            return call.raise("the path must begin with a slash, like \"/channels/123\"")
        }
        let halves = path.split(separator: "?", maxSplits: 1)
        var request = RESTRequest(method, Route(path: String(halves.first ?? "")))
        if halves.count == 2 { request.query = Self.query(halves[1]) }
        if let fault = request.route.fault { return call.raise("the path '\(path.prefix(200))' cannot be: \(fault)") }
        request.reason = call.arguments.string(5)

        var body: [UInt8]?
        if !call.arguments.isNilOrNone(4) {
            do throws(LuaEncodeFailure) { body = try call.arguments.withJSON(4) { Array($0) } } catch { return call.raise("\(error)") }
        }
        var size = (body?.count ?? 0) + path.utf8.count + length(&call, 5)
        if call.arguments.count > 6 {
            for index in 7..<call.arguments.count + 1 { size += length(&call, index) }
            if let refusal = requests.refusal(ofBytes: size, limits) { return call.stop("stopped: \(refusal)") }
            guard let files = files(&call) else {
                return call.raise("files must be { name = \"…\", data = \"…\" }, with names of at most \(Self.fileNameBytes) bytes")
            }
            request.body = .multipart(payload: body ?? [], files: files)
        } else if let body {
            request.body = .json(body)
        }
        if call.arguments.isTrue(6) { request.replay = .always }
        // Interactions and webhooks with a token in their path need none of the bot's; what is beyond them, the host decides. It is the decoded
        // path that counts.
        let template = request.route.template
        if template.contains("{token}") {
            request.authorized = false
            request.lane = .interaction
        }
        let parts = request.route.path.split(separator: "/")
        if method == .post, template == "/interactions/{id}/{token}/callback", let id = Snowflake(String(parts[1])) {
            request.deadline = Limits.interactionResponse
            let (services, ready) = (services, request)
            return ask(&call, bytes: size) { services.answer(id, with: ready, for: $0) }
        }

        let prototype = call.arguments.string(3).flatMap(Prototype.init(name:))
        let (services, ready) = (services, request)
        return ask(&call, bytes: size, prototype: prototype) { services.perform(ready, for: $0) }
    }

    /// Waits for what `body` asks for, if the pack may ask for more.
    private func ask(_ call: inout LuaCall, bytes: Int, prototype: Prototype? = nil, _ body: (Waiter) -> Void) -> LuaOutcome {
        if let refusal = requests.refusal(ofBytes: bytes, limits) { return call.stop("stopped: \(refusal)") }
        guard let run = call.wait() else { return .raised }
        requests.begin(run, bytes: bytes)
        body(Waiter(mailbox: mailbox, question: Waiter.Question(generation: number, run: run), prototype: prototype, bytes: bytes))
        return .waiting
    }

    /// host.shards() → the state of every shard
    func shards(_ call: inout LuaCall) -> LuaOutcome {
        ask(&call, bytes: 0) { services.shards(for: $0) }
    }

    /// Hands an answer to the run that waits for it.
    func answer(_ waiter: Waiter, with reply: HostReply) {
        let run = waiter.question.run
        requests.end(run, bytes: waiter.bytes)
        guard let role = take(run) else { return }
        switch reply {
        case .failed(let error):
            settle(state.resume(run, raising: error), as: role)
        case .deferred:
            settle(state.resume(run) { $0.append(true) }, as: role)
        case .response(let response):
            settle(response.body.withUnsafeBytes { bytes in
                state.resume(run) { results in
                    if !bytes.isEmpty { results.append(LuaPayload(bytes, prototype: waiter.prototype?.id ?? .none)) }
                }
            }, as: role)
        case .members(let chunks, let encoding):
            settle(state.resume(run) { results in
                for chunk in chunks { chunk.withUnsafeBytes { results.append(LuaPayload($0, encoding: encoding.lua, prototype: Prototype.event.id)) } }
            }, as: role)
        case .document(let json):
            settle(json.withUnsafeBytes { bytes in state.resume(run) { $0.append(LuaPayload(bytes)) } }, as: role)
        }
    }

    func withdraw(_ run: LuaRun) {
        if requests.forsake(run) { services.withdraw(Waiter.Question(generation: number, run: run)) }
    }

    private static let pathBytes = 8 << 10
    private static let fileNameBytes = 1024
    /// Of so many characters as Discord takes, each of at most four bytes.
    private static let reasonBytes = 4 * Limits.auditLogReason

    /// Bytes of a string argument, without a copy of it; 0 for another.
    private func length(_ call: inout LuaCall, _ index: Int) -> Int {
        call.arguments.withBytes(index) { $0.count } ?? 0
    }

    private func files(_ call: inout LuaCall) -> [UploadFile]? {
        var files: [UploadFile] = []
        for index in stride(from: 7, to: call.arguments.count, by: 2) {
            guard length(&call, index) <= Self.fileNameBytes, let name = call.arguments.string(index), let bytes = call.arguments.withBytes(index + 1, { Array($0) }) else { return nil }
            files.append(UploadFile(name: name, bytes: bytes))
        }
        return files
    }

    /// Like the path, it may be percent-encoded or not.
    private static func query(_ text: Substring) -> [(name: String, value: String)] {
        text.split(separator: "&").map { pair in
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { PercentEncoding.decode($0) }
            return (halves[0], halves.count == 2 ? halves[1] : "")
        }
    }

    /// host.request_members(guild, query, limit, users, presences)
    func requestMembers(_ call: inout LuaCall) -> LuaOutcome {
        guard let guild = call.arguments.string(1).flatMap({ Snowflake($0) }) else { return call.raise("this is no guild's id") }
        let selection: MemberRequest.Selection
        if !call.arguments.isNilOrNone(4) {
            guard let users = users(&call), !users.isEmpty else { return call.raise("user_ids must be a list of user ids") }
            selection = .users(users)
        } else {
            let query = call.arguments.string(2) ?? ""
            let limit = Int(call.arguments.integer(3) ?? 0)
            guard (0...100).contains(limit) || query.isEmpty else { return call.raise("limit must be from 0 to 100 with a query, got \(limit)") }
            selection = query.isEmpty && limit == 0 ? .all : .query(prefix: query, limit: limit == 0 ? 100 : limit)
        }
        let request: MemberRequest
        do throws(CommandError) {
            request = try MemberRequest(guild: guild, selection: selection, presences: call.arguments.isTrue(5), nonce: nonces.next())
        } catch { return call.raise("\(error)") }
        return ask(&call, bytes: 0) { services.requestMembers(request, for: $0) }
    }

    private func users(_ call: inout LuaCall) -> [Snowflake]? {
        var text: [UInt8] = []
        do throws(LuaEncodeFailure) { text = try call.arguments.withJSON(4) { Array($0) } } catch { return nil }
        guard let value = try? JSONValue(parsing: text), let items = value.arrayValue else { return nil }  // not an array is the caller's error
        var users: [Snowflake] = []
        for item in items {
            guard let text = item.stringValue, let user = Snowflake(text) else { return nil }
            users.append(user)
        }
        return users
    }

    /// host.presence { status, activities, since, afk }
    func presence(_ call: inout LuaCall) -> LuaOutcome {
        var text: [UInt8] = []
        do throws(LuaEncodeFailure) { text = try call.arguments.withJSON(1) { Array($0) } } catch { return call.raise("\(error)") }
        guard let value = try? JSONValue(parsing: text) else { return call.raise("a presence must be a table") }  // our own encoder made it
        do throws(PresenceFault) {
            let isNew = pendingPresence == nil
            pendingPresence = try Presence(script: value)
            // Only the newest of a turn is sent, however many a script sets.
            if isNew { reactor.nextTurn { [weak self] in self?.flushPresence() } }
        } catch { return call.raise(error.description) }
        return .returned
    }

    func flushPresence() {
        if let presence = pendingPresence.take() { services.update(presence) }
    }
}
