package import Discord
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Finds the bot's token: never an argument, never in the configuration file, so that neither `ps` nor a repository shows it.
package enum TokenSources {
    /// The first source that has a token, in this order: `$CREDENTIALS_DIRECTORY/token` (systemd), the file that
    /// `DISCORD_TOKEN_FILE` names, `DISCORD_TOKEN`, `discord.token_file`, and the secret file.
    ///
    /// - Parameter tokenFile: `discord.token_file` of the configuration.
    /// - Throws: `ConfigurationError` that names the source and what is wrong with it, or all sources when none has a token.
    package static func token(tokenFile: String?) throws(ConfigurationError) -> BotToken {
        if let directory = environment("CREDENTIALS_DIRECTORY"), TextFile.exists(directory + "/token") {
            return try read(directory + "/token", named: "$CREDENTIALS_DIRECTORY/token")
        }
        if let path = environment("DISCORD_TOKEN_FILE") {
            return try read(path, named: "DISCORD_TOKEN_FILE (\(path))")
        }
        if let text = environment("DISCORD_TOKEN") {
            return try token(Array(text.utf8), named: "DISCORD_TOKEN")
        }
        if let path = tokenFile {
            return try read(path, named: "discord.token_file (\(path))")
        }
        if let path = secretFile, TextFile.exists(path) {
            try checkPrivate(path)
            return try read(path, named: path)
        }
        throw ConfigurationError(
            "no token: set DISCORD_TOKEN, or DISCORD_TOKEN_FILE to a file that holds it, or write it to \(secretFile ?? "~/.config/moonwire/token") "
                + "with mode 0600 (without Discord: moonwire run --simulate)")
    }

    /// `$XDG_CONFIG_HOME/moonwire/token`, else `~/.config/moonwire/token`.
    package static var secretFile: String? {
        if let configuration = environment("XDG_CONFIG_HOME") { return configuration + "/moonwire/token" }
        return environment("HOME").map { $0 + "/.config/moonwire/token" }
    }

    private static func environment(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    private static func read(_ path: String, named name: String) throws(ConfigurationError) -> BotToken {
        let bytes: [UInt8]
        do throws(ConfigurationError) { bytes = try TextFile.read(path, limit: 4096) } catch {
            throw ConfigurationError("token from \(name): \(error.description)")
        }
        return try token(bytes, named: name)
    }

    /// A trailing newline is what every editor leaves; other white space inside is a mistake that the token check names.
    private static func token(_ bytes: [UInt8], named name: String) throws(ConfigurationError) -> BotToken {
        var text = bytes[...]
        while let last = text.last, last == 10 || last == 13 || last == 32 { text.removeLast() }
        do throws(BotToken.Fault) { return try BotToken(String(decoding: text, as: UTF8.self)) } catch {
            throw ConfigurationError("token from \(name): \(error)")
        }
    }

    private static func checkPrivate(_ path: String) throws(ConfigurationError) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 != 0 else { return }
        throw ConfigurationError("\(path) can be read by others; run: chmod 600 \(path)")
    }
}
