/// The release of the Lua library in use.
package struct LuaVersion: Sendable, Comparable, CustomStringConvertible {
    package let major: Int
    package let minor: Int
    package let release: Int

    package init(major: Int, minor: Int, release: Int) {
        self.major = major
        self.minor = minor
        self.release = release
    }

    package static func < (a: LuaVersion, b: LuaVersion) -> Bool {
        (a.major, a.minor, a.release) < (b.major, b.minor, b.release)
    }

    package var description: String { "\(major).\(minor).\(release)" }

    /// The first release without the memory errors that the engine guards older ones against.
    package static let sound = LuaVersion(major: 5, minor: 4, release: 8)

    /// For a release before `sound`: what scripts could crash it with and what keeps them from it, one sentence; else `nil`.
    package var guards: String? {
        guard self < Self.sound else { return nil }
        return "scripts could crash this release through nested coroutine.close, weak metatables during emergency collections, finalizers, "
            + "long rows of indices, and closing values of loops: "
            + "closing is bounded, metatables are strong copies, finalizers and long rows are refused, and the code of loops is put right"
    }
}
