package import Configuration

/// Why the bot cannot start or go on: one line for a person, and the exit status.
package struct BotFailure: Error, Equatable, CustomStringConvertible {
    package let status: ExitStatus
    package let description: String

    package init(_ status: ExitStatus, _ description: String) {
        self.status = status
        self.description = description
    }

    package init(_ error: ConfigurationError) {
        self.init(.configuration, error.description)
    }
}
