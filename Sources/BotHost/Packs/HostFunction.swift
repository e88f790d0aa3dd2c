internal import LuaEngine

/// The functions that `bot.lua` builds the `bot` module from.
enum HostFunction: LuaFunctionID, CaseIterable {
    case on, rest, nonce, presence, requestMembers, timer, cancelTimer, sleep, log, memory, jsonEncode, jsonDecode, method, property

    /// The field of the `host` table.
    var name: String {
        switch self {
        case .on: "on"
        case .rest: "rest"
        case .nonce: "nonce"
        case .presence: "presence"
        case .requestMembers: "request_members"
        case .timer: "timer"
        case .cancelTimer: "cancel_timer"
        case .sleep: "sleep"
        case .log: "log"
        case .memory: "memory"
        case .jsonEncode: "json_encode"
        case .jsonDecode: "json_decode"
        case .method: "method"
        case .property: "property"
        }
    }
}
