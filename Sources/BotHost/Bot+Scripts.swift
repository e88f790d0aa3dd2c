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
    func perform(_ request: RESTRequest, for waiter: Waiter) {
        rest.perform(request) { [unowned self] result in
            switch result {
            case .success(let response): answer(waiter, .response(response))
            case .failure(let error): answer(waiter, .failed(LuaErrorValue(error)))
            }
        }
    }

    func answer(_ interaction: Snowflake, with request: RESTRequest, for waiter: Waiter) {
        interactions.answer(
            interaction,
            send: { [unowned self] in perform(request, for: waiter) },
            isDeferred: { [unowned self] in answer(waiter, .deferred) })
    }

    func requestMembers(_ request: MemberRequest, for waiter: Waiter) {
        guard let fleet else { return answer(waiter, .failed(LuaErrorValue(message: "the bot is not online yet", code: .word("not_online")))) }
        // Discord would not answer at all.
        guard !request.isFull || intents.contains(.guildMembers) else {
            return answer(waiter, .failed(LuaErrorValue(
                message: "all members of a guild need the intent GUILD_MEMBERS; add intents = [\"guild_members\"] to [discord], or ask with a query, limit or user_ids",
                code: .word("intents"))))
        }
        memberRequests += 1
        let encoding = PayloadEncoding(options.settings.discord.encoding)
        do throws(CommandError) {
            try fleet.requestMembers(of: request.guild, request.selection, presences: request.presences) { [unowned self] result in
                memberRequests -= 1
                switch result {
                case .success(let chunks): answer(waiter, .members(chunks, encoding))
                case .failure(let failure): answer(waiter, .failed(LuaErrorValue(message: "\(failure)", code: .word("members"))))
                }
            }
        } catch {
            memberRequests -= 1
            answer(waiter, .failed(LuaErrorValue(message: "\(error)", code: .word("members"))))
        }
    }

    func shards(for waiter: Waiter) {
        let shards = (fleet?.statuses ?? []).map(\.object)
        answer(waiter, .document(JSONValue.array(shards).serialized))
    }

    private func answer(_ waiter: Waiter, _ reply: HostReply) {
        scripts.perform { $0.answer(waiter, with: reply) }
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
        askScripts(until: end, countingTimeouts: isLast) { [unowned self] isIdle in
            if isIdle && rest.outstanding == 0 && memberRequests == 0 { return body() }
            reactor.schedule(after: .milliseconds(2)) { [unowned self] in whenIdle(after: nil, until: end, isLast, body) }
        }
    }

    /// Calls `body` once the script thread has handed over every event that waits for it.
    func whenScriptsCaughtUp(_ body: @escaping () -> Void) {
        let body = LoopBound(body, on: reactor)
        // After the wake-up that this turn's events are still waiting for.
        reactor.nextTurn { [scripts, reactor] in
            scripts.perform { [handle = reactor.handle] runtime in
                runtime.onceHandled { handle.post { body.value() } }
            }
        }
    }

    /// Answers whether a handler may still answer an interaction that came before.
    func askWhetherScriptsWork(_ answer: @escaping (Bool) -> Void) {
        let answer = LoopBound(answer, on: reactor)
        scripts.perform { [handle = reactor.handle] runtime in
            runtime.onceHandled { [unowned runtime] in
                let isWorking = runtime.isWorking
                handle.post { answer.value(isWorking) }
            }
        }
    }

    /// Answers whether the scripts are idle (`ScriptRuntime.isIdle`), after they have worked off what they were given before.
    func askScripts(until end: ContinuousClock.Instant, countingTimeouts: Bool, _ answer: @escaping (Bool) -> Void) {
        let answer = LoopBound(answer, on: reactor)
        // After the wake-up that this turn's events are still waiting for.
        reactor.nextTurn { [scripts, reactor] in
            scripts.perform { [handle = reactor.handle] runtime in
                runtime.onceHandled { [unowned runtime] in
                    let isIdle = runtime.isIdle(until: end, countingTimeouts: countingTimeouts)
                    handle.post { answer.value(isIdle) }
                }
            }
        }
    }
}
