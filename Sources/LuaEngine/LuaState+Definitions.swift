import CLuaShims

extension LuaState {
    /// Gives a value a name: `_G.name` is a global of the pack, `module.name` (or deeper) a field of what `require "module"` answers.
    /// Tables on the way are made.
    ///
    /// - Throws: `.memory`; `.error` when a part of the path is something other than a table.
    package func define(_ path: String, _ value: LuaDefinition) throws(LuaFailure) {
        try take(value) { shim_define(pointer, path) }
    }

    /// Names a prototype: the type that its objects report in error messages, such as `message`.
    package func definePrototype(_ prototype: LuaPrototypeID, name: String) throws(LuaFailure) {
        guard open else { throw .closed }
        guard shim_define_prototype(pointer, prototype.rawValue, name) == SHIM_FINISHED else { throw failure() }
    }

    /// Gives the objects of a prototype a method, called as `object:name(…)`, or any other shared value. Their own fields win over it.
    package func defineMethod(_ name: String, of prototype: LuaPrototypeID, _ value: LuaDefinition) throws(LuaFailure) {
        try take(value) { shim_define_member(pointer, prototype.rawValue, name, 0) }
    }

    /// Gives the objects of a prototype a computed field, read as `object.name`: the function is called with the object. Their own
    /// fields win over it.
    package func defineProperty(_ name: String, of prototype: LuaPrototypeID, _ function: LuaDefinition) throws(LuaFailure) {
        try take(function) { shim_define_member(pointer, prototype.rawValue, name, 1) }
    }

    /// Says which prototype the objects below a field of a decoded document have: the object that is the field's value, or every object of the
    /// array that is. `key` nil stands for any field that has no rule of its own, for objects used as maps.
    package func defineRule(_ parent: LuaPrototypeID, key: String?, is child: LuaPrototypeID) throws(LuaFailure) {
        precondition(parent != .none, "plain tables have no rules: any table could be one")
        guard open else { throw .closed }
        guard shim_define_rule(pointer, parent.rawValue, key ?? "", child.rawValue) == SHIM_FINISHED else { throw failure() }
    }

    private func take(_ value: LuaDefinition, _ body: () -> Int32) throws(LuaFailure) {
        guard open else { throw .closed }
        var values = LuaValues(state: pointer)
        value.append(to: &values)
        guard body() == SHIM_FINISHED else { throw failure() }
    }
}
