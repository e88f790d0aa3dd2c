internal import LuaEngine

/// The versions that `moonwire version` prints.
package enum MoonwireVersion {
    package static let current = "0.1.0"

    /// The libraries found at run time. Lua is named with what is guarded when it is older than the first sound release.
    package static var libraries: [(name: String, version: String)] {
        let lua = LuaVersion.library
        return [("Lua", lua < .sound ? "\(lua) (known crashes below \(LuaVersion.sound) are guarded against)" : "\(lua)")]
    }
}
