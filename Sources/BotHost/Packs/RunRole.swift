internal import Discord

/// What a run is for, as reports of its errors begin.
enum RunRole: CustomStringConvertible {
    case mainChunk
    /// Setting `bot.user`.
    case ready
    case event(EventName)
    case timer(key: Int64, name: String)
    /// `bot.spawn`, by the task's key.
    case task(Int64)
    /// The `match` function of a `bot.wait_for`.
    case match(EventName)
    /// `bot.on_unload`.
    case unload

    var description: String {
        switch self {
        case .mainChunk: "main chunk"
        case .ready: "ready"
        case .event(let event): event.luaName
        case .timer(let key, let name): "timer \(name) #\(key)"
        case .task: "task"
        case .match(let event): "match of bot.wait_for(\"\(event.luaName)\")"
        case .unload: "on_unload"
        }
    }
}
