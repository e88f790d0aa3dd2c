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

    /// The first release without the memory errors that this engine guards older ones against.
    package static let sound = LuaVersion(major: 5, minor: 4, release: 8)
}
