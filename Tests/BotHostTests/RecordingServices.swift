import Discord
import GatewayProtocol
import LuaEngine
import REST
import Synchronization

@testable import BotHost

/// Stands in for the reactor thread.
final class RecordingServices: Sendable {
    private struct State {
        var requests: [(request: RESTRequest, waiter: Waiter)] = []
        var open: [(request: RESTRequest, waiter: Waiter)] = []
        var presences: [Presence] = []
        var events: [String: Set<EventName>] = [:]
        var files: Set<String> = []
        var withdrawn: [Waiter.Question] = []
        var reply: (@Sendable (RESTRequest) -> HostReply?)?
        var chunks: [[UInt8]] = []
    }

    private let state = Mutex(State())

    /// How requests are answered at once; those that get `nil`, and all without it, stay open.
    func answer(_ reply: @escaping @Sendable (RESTRequest) -> HostReply?) { state.withLock { $0.reply = reply } }

    /// GUILD_MEMBERS_CHUNK payloads that answer every request for members.
    var chunks: [[UInt8]] {
        get { state.withLock { $0.chunks } }
        set { state.withLock { $0.chunks = newValue } }
    }

    var requests: [RESTRequest] { state.withLock { $0.requests.map(\.0) } }
    var waiters: [Waiter] { state.withLock { $0.requests.map(\.1) } }
    var presences: [Presence] { state.withLock { $0.presences } }
    /// Those that were not answered at once.
    var open: [(request: RESTRequest, waiter: Waiter)] { state.withLock { $0.open } }
    var withdrawn: [Waiter.Question] { state.withLock { $0.withdrawn } }
    var files: Set<String> { state.withLock { $0.files } }
    /// What a pack listens to.
    func subscribed(_ pack: String = "pack") -> Set<EventName> { state.withLock { $0.events[pack] ?? [] } }

    /// What the pack with this name has of the reactor thread.
    func of(_ pack: String) -> any HostServices { OfPack(name: pack, all: self) }

    private struct OfPack: HostServices {
        let name: String
        let all: RecordingServices

        func answer(_ interaction: Snowflake, with request: RESTRequest, for waiter: Waiter) { perform(request, for: waiter) }

        func perform(_ request: RESTRequest, for waiter: Waiter) {
            let reply = all.state.withLock { state in
                state.requests.append((request, waiter))
                return state.reply?(request)
            }
            if let reply { waiter.answer(reply) } else { all.state.withLock { $0.open.append((request, waiter)) } }
        }

        func requestMembers(_ request: MemberRequest, for waiter: Waiter) { waiter.answer(.members(all.chunks, .json)) }
        func withdraw(_ question: Waiter.Question) { all.state.withLock { $0.withdrawn.append(question) } }
        func shards(for waiter: Waiter) { waiter.answer(.document(Array(#"[{"id":0,"status":"online"}]"#.utf8))) }
        func update(_ presence: Presence) { all.state.withLock { $0.presences.append(presence) } }
        func watch(_ files: Set<String>, for folder: PackFolder) { all.state.withLock { $0.files = files } }
        func subscribe(to events: Set<EventName>) { all.state.withLock { $0.events[name] = events } }
    }
}
