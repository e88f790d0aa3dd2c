internal import Configuration
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Where the identify ledger and the saved sessions lie.
enum StateDirectory {
    /// The folder, made if it is missing and private to its owner. `nil` when no place is configured and the usual one cannot be had.
    ///
    /// - Parameter configured: `state.directory`; `nil` for `$XDG_STATE_HOME/moonwire`, else `~/.local/state/moonwire`.
    /// - Throws: `.configuration` when the configured folder cannot be made or written.
    static func prepare(configured: String?) throws(BotFailure) -> String? {
        guard let path = configured ?? usual else { return nil }
        var made = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            made += made.isEmpty && part.isEmpty ? "/" : (made.isEmpty || made == "/" ? "" : "/") + part
            if !made.isEmpty && made != "/" { mkdir(made, 0o700) }  // one that exists is as good
        }
        guard access(path, W_OK | X_OK) == 0 else {
            guard configured != nil else { return nil }
            throw BotFailure(.configuration, "state.directory '\(path)' cannot be written: \(String(cString: strerror(errno)))")
        }
        return path
    }

    private static var usual: String? {
        if let state = getenv("XDG_STATE_HOME"), state.pointee != 0 { return String(cString: state) + "/moonwire" }
        return getenv("HOME").map { String(cString: $0) + "/.local/state/moonwire" }
    }
}
