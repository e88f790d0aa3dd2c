internal import LuaEngine

/// The functions that the `bot` module's Lua is built from. Their numbers are the engine's; their names, in Lua's manner, the fields of `host`.
enum HostFunction: LuaFunctionID, CaseIterable {
    case on, onUnload, waitFor
    case spawn, cancelTask, park, unpark, parked, raise, fail
    case carry
    case rest, nonce, presence, requestMembers, shards
    case timer, cancelTimer, sleep, delay
    case log, memory, jsonEncode, jsonDecode
    case method, property

    /// Each with its name: `requestMembers` is `request_members` in Lua.
    static let table = allCases.map { function in
        let name = "\(function)".reduce(into: "") { name, letter in
            if letter.isUppercase { name += "_" }
            name += letter.lowercased()
        }
        return (name: name, id: function.rawValue)
    }
}
