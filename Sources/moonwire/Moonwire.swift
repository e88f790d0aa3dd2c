internal import ArgumentParser
internal import BotHost
internal import Configuration
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@main
struct Moonwire: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "moonwire",
        abstract: "Runs Discord bots written in Lua.",
        subcommands: [RunCommand.self, VersionCommand.self])

    /// Errors are one line on standard error, and a status that scripts can tell apart (`ExitStatus`).
    static func main() {
        checkCommand()
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as BotFailure {
            fail(failure.status, failure.description)
        } catch {
            switch exitCode(for: error) {
            case .success:
                print(fullMessage(for: error))
            case .validationFailure:
                fail(.usage, fullMessage(for: error).replacingPrefix("Error: ", with: ""))
            case let code:
                fail(ExitStatus(rawValue: code.rawValue) ?? .failure, message(for: error))
            }
        }
    }

    /// Says what a word that is no command was meant to be; ArgumentParser would only call it unexpected.
    private static func checkCommand() {
        guard let word = CommandLine.arguments.dropFirst().first, !word.hasPrefix("-") else { return }
        let names = configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
        guard !names.contains(word) else { return }
        let meant = EditDistance.nearest(to: word, among: names) ?? (TextFile.exists(word) ? "run \(word)" : nil)
        fail(.usage, "no command '\(word)'; " + (meant.map { "did you mean: moonwire \($0)" } ?? "there are \(names.joined(separator: ", "))"))
    }

    static func fail(_ status: ExitStatus, _ text: String) -> Never {
        let line = text.isEmpty ? "" : "moonwire: \(text)\n"
        _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
        terminate(status.rawValue)
    }
}

// Inside the command, `exit` means ArgumentParser's.
private func terminate(_ status: Int32) -> Never { exit(status) }

extension String {
    fileprivate func replacingPrefix(_ prefix: String, with other: String) -> String {
        hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
    }
}
