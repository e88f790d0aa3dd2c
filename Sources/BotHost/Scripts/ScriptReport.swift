internal import LuaEngine

/// A script's failure as a person reads it: the event, file:line and message, and the traceback of the failing coroutine.
enum ScriptReport {
    static func text(of failure: LuaFailure, in label: String) -> String {
        var text = "\(label): \(failure.message)"
        if !failure.traceback.isEmpty { text += "\n" + failure.traceback }
        return text
    }

    /// Why a pack could not be loaded; `excerpt` is the source line the failure names.
    static func text(of failure: LuaFailure, excerpt: String?) -> String {
        var text = failure.message
        if let excerpt { text += "\n  " + excerpt }
        if failure.kind != .syntax && !failure.traceback.isEmpty { text += "\n" + failure.traceback }
        return text
    }
}
