import Dispatch

/// Standard input, line by line, and the signals that end the program whatever is left of it.
enum Input {
    private static let channel = AsyncStream.makeStream(of: String.self)
    private static let signals = AsyncStream.makeStream(of: Void.self)

    /// The lines of standard input until it ends. Called once.
    static func lines() -> AsyncStream<String> {
        // Reading blocks, so it has a thread of its own, which ends with the process.
        DispatchQueue(label: "standard input").async {
            while let line = readLine() { channel.continuation.yield(line) }
            channel.continuation.finish()
        }
        return channel.stream
    }

    /// Lets `interruption` return.
    static func interrupt() { signals.continuation.yield() }

    /// Returns when a signal has come, or when its task is cancelled. Called once.
    static func interruption() async {
        for await _ in signals.stream { return }
    }
}
