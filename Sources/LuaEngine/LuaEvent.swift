/// A decoded payload that several calls share. Valid inside the `LuaState.withEvent` that made it.
package struct LuaEvent {
    let depth: Int32
}
