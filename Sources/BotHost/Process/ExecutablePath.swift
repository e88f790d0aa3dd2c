#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Where this program's file lies.
enum ExecutablePath {
    /// The path of another program in the same folder.
    static func sibling(_ name: String) -> String {
        folder.map { "\($0)/\(name)" } ?? name
    }

    private static var folder: String? {
        #if os(Linux)
        guard let resolved = realpath("/proc/self/exe", nil) else { return nil }
        #else
        var size: UInt32 = 0
        _NSGetExecutablePath(nil, &size)
        var buffer = [CChar](repeating: 0, count: Int(size))
        guard _NSGetExecutablePath(&buffer, &size) == 0, let resolved = realpath(buffer, nil) else { return nil }
        #endif
        defer { free(resolved) }
        let path = String(cString: resolved)
        return path.lastIndex(of: "/").map { String(path[..<$0]) }
    }
}
