internal import Discord
internal import GatewayProtocol
internal import REST
internal import Reactor

/// Carries what a pack asks for to the reactor thread. After the bot has gone nobody hears it.
struct BotServices: HostServices {
    let bot: LoopBound<WeakBot>
    let handle: ReactorHandle
    /// The pack's number in the roster.
    let pack: Int

    func perform(_ request: RESTRequest, for waiter: Waiter) {
        let request = request.asked(by: pack)
        handle.post { [bot, pack] in bot.value.object?.perform(request, for: waiter, in: pack) }
    }

    func answer(_ interaction: Snowflake, with request: RESTRequest, for waiter: Waiter) {
        let request = request.asked(by: pack)
        handle.post { [bot, pack] in bot.value.object?.answer(interaction, with: request, for: waiter, in: pack) }
    }

    func requestMembers(_ request: MemberRequest, for waiter: Waiter) {
        handle.post { [bot, pack] in bot.value.object?.requestMembers(request, for: waiter, in: pack) }
    }

    func withdraw(_ question: Waiter.Question) {
        handle.post { [bot, pack] in bot.value.object?.scripts[pack]?.withdraw(question) }
    }

    func shards(for waiter: Waiter) {
        handle.post { [bot] in bot.value.object?.shards(for: waiter) }
    }

    func update(_ presence: Presence) {
        handle.post { [bot] in bot.value.object?.update(presence) }
    }

    func watch(_ files: Set<String>, for folder: PackFolder) {
        handle.post { [bot, pack] in bot.value.object?.watch(files, for: folder, in: pack) }
    }

    func subscribe(to events: Set<EventName>) {
        handle.post { [bot, pack] in bot.value.object?.scripts.note(events, wantedBy: pack) }
    }
}

extension RESTRequest {
    /// The same, in the turns of this origin.
    fileprivate func asked(by origin: Int) -> RESTRequest {
        var request = self
        request.origin = origin
        return request
    }
}
