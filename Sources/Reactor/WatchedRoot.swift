#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The root of a watched tree, and where to look for it when it is gone.
struct WatchedRoot {
    /// As it was given, without slashes at its end.
    let path: String
    /// The directory that holds the root.
    let parent: String
    /// The root's name in `parent`.
    let name: String

    /// - Throws: `ENOENT` and its kin when nothing can be reached at `path`.
    init(_ path: String) throws(IOFailure) {
        var trimmed = Substring(path)
        while trimmed.utf8.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        let path = String(trimmed)
        guard let resolved = realpath(path, nil) else { throw IOFailure(call: "realpath", code: errno) }
        defer { free(resolved) }
        self.path = path
        // "." and ".." name no entry of a directory; what they lead to does.
        let last = path.split(separator: "/").last
        let spelled = last == nil || last == "." || last == ".." ? String(cString: resolved) : path
        if let slash = spelled.lastIndex(of: "/") {
            parent = slash == spelled.startIndex ? "/" : String(spelled[..<slash])
            name = String(spelled[spelled.index(after: slash)...])
        } else {
            parent = "."
            name = spelled
        }
    }

    /// Whether `name` is passed over: hidden files and directories are not part of what people edit.
    static func isHidden(_ name: String) -> Bool {
        name.utf8.first == UInt8(ascii: ".")
    }

    /// `path` or anything below it.
    static func contains(_ directory: String, _ path: String) -> Bool {
        path == directory || path.hasPrefix(directory + "/")
    }
}
