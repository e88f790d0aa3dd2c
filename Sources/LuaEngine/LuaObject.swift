/// A host object as Lua sees it: a userdata with the methods of prototype `kind`.
package struct LuaObject: Sendable, Hashable {
    package let kind: LuaPrototypeID
    /// The host's own number for it, such as slot and generation.
    package let identity: UInt64

    package init(kind: LuaPrototypeID, identity: UInt64) {
        self.kind = kind
        self.identity = identity
    }
}
