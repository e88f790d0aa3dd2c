internal import Discord
internal import GatewayProtocol
internal import LuaEngine
internal import REST

/// What a pack asks of the reactor thread. Every call returns at once; an answer goes to the waiter.
protocol HostServices: Sendable {
    func perform(_ request: RESTRequest, for waiter: Waiter)
    /// Sends the first answer to an interaction, or answers `.deferred`.
    func answer(_ interaction: Snowflake, with request: RESTRequest, for waiter: Waiter)
    func requestMembers(_ request: MemberRequest, for waiter: Waiter)
    /// Whoever waited will not any more: what has not gone out yet need not. It is answered all the same.
    func withdraw(_ question: Waiter.Question)
    /// Answers with the state of every shard.
    func shards(for waiter: Waiter)
    func update(_ presence: Presence)
    /// The pack's newest version has read these files, which do not lie in its own folder.
    func watch(_ files: Set<String>, for folder: PackFolder)
    /// The pack now listens to `events`; told whenever that changes.
    func subscribe(to events: Set<EventName>)
}

/// Who waits for an answer: a run of one generation. A late answer to a closed generation or an ended run finds nobody.
struct Waiter: Sendable {
    /// What a run waits for. It waits for one thing at a time.
    struct Question: Hashable, Sendable {
        let generation: Int
        let run: LuaRun
    }

    let mailbox: ScriptMailbox
    let question: Question
    /// What the answer is in Lua.
    let prototype: Prototype?
    /// How large the request is that waits.
    let bytes: Int

    /// Lets the run go on. From any thread, once.
    func answer(_ reply: HostReply) {
        mailbox.perform { $0.answer(self, with: reply) }
    }
}

/// What a waiter gets.
enum HostReply: Sendable {
    case response(RESTResponse)
    /// GUILD_MEMBERS_CHUNK payloads in order.
    case members([[UInt8]], PayloadEncoding)
    /// JSON text.
    case document([UInt8])
    case failed(LuaErrorValue)
    /// The interaction was deferred before this answer to it, which was not sent. In Lua: `true`.
    case deferred
}
