internal import LuaEngine

/// What `require "bot"` answers, and the functions of its Lua side that the host calls. Empty before it is built and after the end.
struct BotModule {
    private(set) var value: LuaReference?
    /// Takes READY's `d`, which names the bot's own user.
    private(set) var setReady: LuaReference?
    /// Tells a task object that its run failed: object, error value, traceback. Returns whether anybody waited for it.
    private(set) var taskFailed: LuaReference?
    /// Returns what `bot.carry` has under a name as JSON text, or `nil` and why not.
    private(set) var freeze: LuaReference?

    init() {}

    /// Runs the module's files in the generation's new state.
    ///
    /// - Throws: `LuaFailure` when the state's memory does not suffice for them.
    init(_ generation: PackGeneration) throws(LuaFailure) {
        let state = generation.state!
        for prototype in Prototype.allCases { try state.definePrototype(prototype.id, name: prototype.name) }
        for rule in Prototype.rules { try state.defineRule(rule.parent, key: rule.key, is: rule.child.id) }

        let parts = try Self.run(PackageResources.bot_lua, "[bot]", in: state) { arguments in
            for function in HostFunction.table {
                arguments.append(function.name)
                arguments.append(function: function.id)
            }
            arguments.append("null")
            arguments.appendNull()
        }
        (value, setReady) = (parts.reference(1), parts.reference(2))
        let shared = [parts.reference(3), parts.reference(4), value].compactMap { $0 }
        _ = try Self.run(PackageResources.objects_lua, "[bot/objects]", in: state) { arguments in
            for reference in shared { arguments.append(reference) }
        }
        taskFailed = try Self.run(PackageResources.tasks_lua, "[bot/tasks]", in: state) { arguments in
            for reference in shared { arguments.append(reference) }
        }.reference(1)
        freeze = try Self.run(PackageResources.carry_lua, "[bot/carry]", in: state) { arguments in
            for reference in shared { arguments.append(reference) }
        }.reference(1)

        for member in generation.members {
            if member.isProperty {
                try state.defineProperty(member.name, of: member.prototype.id, .value(member.value))
            } else {
                try state.defineMethod(member.name, of: member.prototype.id, .value(member.value))
            }
        }
        generation.members = []
    }

    private static func run(
        _ source: [UInt8], _ chunk: String, in state: LuaState, _ arguments: (inout LuaValues) -> Void
    ) throws(LuaFailure) -> LuaArguments {
        let result = source.withUnsafeBytes { state.run(source: $0, chunk: chunk, arguments) }
        if case .failed(let failure) = result { throw failure }
        guard let returned = state.returned else { preconditionFailure("\(chunk) does not wait") }
        return returned
    }
}
