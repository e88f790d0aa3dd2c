internal import Configuration
internal import Discord
internal import Gateway
internal import GatewayProtocol
internal import JSON
internal import LuaEngine
internal import Logging
internal import REST
internal import Reactor

/// What scripts ask for, and whether they are done.
extension Bot {
    /// - Parameter number: of the pack that asks, as in everything here.
    func perform(_ request: RESTRequest, for waiter: Waiter, in number: Int) {
        // One that was given up, or has gone, must not speak any more if its thread comes back.
        guard let pack = scripts[number] else { return waiter.answer(Self.cancelled) }
        let call = rest.perform(inItsLane(request)) { result in
            pack.calls[waiter.question] = nil
            switch result {
            case .success(let response): waiter.answer(.response(response))
            case .failure(let error): waiter.answer(.failed(LuaErrorValue(error)))
            }
        }
        pack.calls[waiter.question] = call
    }

    /// Only answers to interactions that this bot was sent overtake, and are outside the limits: a pack can make up other tokens as it likes.
    private func inItsLane(_ request: RESTRequest) -> RESTRequest {
        guard request.lane == .interaction else { return request }
        let segments = request.route.path.split(separator: "/")
        if segments.count > 2, interactions.knows(PercentEncoding.decode(segments[2])) { return request }
        var request = request
        request.lane = .ordinary
        return request
    }

    /// Packs are told by name.
    func noted(_ notice: RateLimiter.Notice) {
        var logger = logger
        let number: Int? = switch notice {
        case .pausedOrigin(let number, _, _), .edgePausedOrigin(let number, _): number
        default: nil
        }
        if let number, let pack = scripts[number] { logger[metadataKey: "pack"] = "\(pack.folder.name)" }
        logger.warning("\(notice)")
    }

    func answer(_ interaction: Snowflake, with request: RESTRequest, for waiter: Waiter, in number: Int) {
        guard scripts[number] != nil else { return waiter.answer(Self.cancelled) }
        interactions.answer(
            interaction,
            send: { [unowned self] in perform(request, for: waiter, in: number) },
            isDeferred: { waiter.answer(.deferred) })
    }

    func requestMembers(_ request: MemberRequest, for waiter: Waiter, in number: Int) {
        guard fleet != nil else { return waiter.answer(Self.notOnline) }
        // Discord would not answer at all.
        guard !request.isFull || intents.contains(.guildMembers) else {
            return waiter.answer(.failed(LuaErrorValue(
                message: "all members of a guild need the intent GUILD_MEMBERS; add intents = [\"guild_members\"] to [discord], or ask with a query, limit or user_ids",
                code: .word("intents"))))
        }
        guard let gate = scripts[number]?.memberGate else { return waiter.answer(Self.cancelled) }
        gate.enter(waiter.question, turnAway: { waiter.answer(Self.cancelled) }) { [unowned self] in
            memberRequests += 1
            sendMemberRequest(request, from: number) { [unowned self] reply in
                memberRequests -= 1
                waiter.answer(reply)
                gate.leave()
            }
        }
    }

    private func sendMemberRequest(_ request: MemberRequest, from number: Int, _ answered: @escaping (HostReply) -> Void) {
        guard let fleet else { return answered(Self.notOnline) }
        let encoding = PayloadEncoding(options.settings.discord.encoding)
        do throws(CommandError) {
            try fleet.requestMembers(of: request.guild, request.selection, presences: request.presences, origin: number) { result in
                switch result {
                case .success(let chunks): answered(.members(chunks, encoding))
                case .failure(let failure): answered(.failed(LuaErrorValue(message: "\(failure)", code: .word("members"))))
                }
            }
        } catch {
            answered(.failed(LuaErrorValue(message: "\(error)", code: .word("members"))))
        }
    }

    private static let cancelled = HostReply.failed(LuaErrorValue(message: "cancelled", code: .word("cancelled")))
    private static let notOnline = HostReply.failed(LuaErrorValue(message: "the bot is not online yet", code: .word("not_online")))

    func watch(_ files: Set<String>, for folder: PackFolder, in number: Int) {
        if scripts[number] != nil { watcher?.watch(files, for: folder) }
    }

    func shards(for waiter: Waiter) {
        let shards = (fleet?.statuses ?? []).map(\.object)
        waiter.answer(.document(JSONValue.array(shards).serialized))
    }

    func update(_ presence: Presence) {
        self.presence = presence
        do throws(CommandError) { try fleet?.updatePresence(presence) } catch { logger.error("bot.presence: \(error)") }
    }

    // MARK: Idleness

    /// Calls `body` once everything up to `event` has been handled, no handler goes on by itself and no request is under way. Timers that are
    /// still to come do not count, nor does what sleeps for longer than ten seconds.
    ///
    /// - Parameter isLast: nothing more will happen, so that what waits for an event is let run into its timeout.
    package func whenIdle(after event: (shard: Int, sequence: Int64)?, isLast: Bool = false, _ body: @escaping () -> Void) {
        whenIdle(after: event, until: reactor.now + .seconds(10), isLast, body)
    }

    private func whenIdle(
        after event: (shard: Int, sequence: Int64)?, until end: ContinuousClock.Instant, _ isLast: Bool, _ body: @escaping () -> Void
    ) {
        if let event, let status = fleet?.statuses.first(where: { $0.shard.index == event.shard }), (status.sequence ?? 0) < event.sequence {
            reactor.schedule(after: .milliseconds(2)) { [unowned self] in whenIdle(after: event, until: end, isLast, body) }
            return
        }
        scripts.askWhetherIdle(until: end, countingTimeouts: isLast) { [unowned self] isIdle in
            if isIdle && rest.outstanding == 0 && memberRequests == 0 { return body() }
            reactor.schedule(after: .milliseconds(2)) { [unowned self] in whenIdle(after: nil, until: end, isLast, body) }
        }
    }
}
