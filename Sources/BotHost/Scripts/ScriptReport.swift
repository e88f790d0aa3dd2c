internal import LuaEngine

/// A script's failure as a person reads it: the event, file:line and message, and the traceback of the failing coroutine.
enum ScriptReport {
    static func text(of failure: LuaFailure, in role: RunRole) -> String {
        var text = headline(of: failure, in: role)
        if !failure.traceback.isEmpty { text += "\n" + failure.traceback }
        if let place = failure.spawnedAt { text += "\nspawned at \(place)" }
        return text
    }

    /// The event, place and message. Errors of scripts have their place in the message; a stop has none of its own.
    static func headline(of failure: LuaFailure, in role: RunRole) -> String {
        var text = "\(role): "
        if failure.kind.isOffence, let position = failure.position { text += "\(position): " }
        return text + failure.message
    }

    /// Why a pack could not be loaded; `excerpt` is the source line the failure names.
    static func text(of failure: LuaFailure, excerpt: String?) -> String {
        var text = failure.kind.isOffence ? failure.position.map { "\($0): " } ?? "" : ""
        text += failure.message
        if let excerpt { text += "\n  " + excerpt }
        if failure.kind != .syntax && !failure.traceback.isEmpty { text += "\n" + failure.traceback }
        return text
    }
}
