/// The number of a prototype: 1…255, chosen by the host. `.none` is a plain table.
package struct LuaPrototypeID: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let none = LuaPrototypeID(rawValue: 0)
}
