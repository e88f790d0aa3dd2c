/// Why a Lua value cannot be written as JSON.
package struct LuaEncodeFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The way to the value, such as `embeds[1].title`; empty for the value itself.
    package var path: String
    /// What is wrong with it, such as `a function cannot be encoded`.
    package var reason: String

    package var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}
