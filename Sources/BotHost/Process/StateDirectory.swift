internal import Configuration
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Where the identify ledger and the saved sessions lie.
enum StateDirectory {
    /// `state.directory`, made if it is missing and private to its owner.
    ///
    /// - Throws: `.configuration` when it cannot be made or written.
    static func prepare(configured path: String) throws(BotFailure) -> String {
        guard make(path) else {
            throw BotFailure(.configuration, "state.directory '\(path)' cannot be written: \(String(cString: strerror(errno))); name a folder of the bot's own")
        }
        return path
    }

    /// `$XDG_STATE_HOME/moonwire`, else `~/.local/state/moonwire`, made in the same way; `nil` when it cannot be had.
    static func prepareUsual() -> String? {
        usual.flatMap { make($0) ? $0 : nil }
    }

    private static func make(_ path: String) -> Bool {
        var made = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            made += made.isEmpty && part.isEmpty ? "/" : (made.isEmpty || made == "/" ? "" : "/") + part
            if !made.isEmpty && made != "/" { mkdir(made, 0o700) }  // one that exists is as good
        }
        return access(path, W_OK | X_OK) == 0
    }

    private static var usual: String? {
        if let state = getenv("XDG_STATE_HOME"), state.pointee != 0 { return String(cString: state) + "/moonwire" }
        return getenv("HOME").map { String(cString: $0) + "/.local/state/moonwire" }
    }
}
