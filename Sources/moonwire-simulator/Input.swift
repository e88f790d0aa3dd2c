import Dispatch

/// Standard input, line by line.
enum Input {
    private static let channel = AsyncStream.makeStream(of: String.self)

    /// The lines of standard input until it ends, or `end` is called. Called once.
    static func lines() -> AsyncStream<String> {
        // Reading blocks, so it has a thread of its own, which ends with the process.
        DispatchQueue(label: "standard input").async {
            while let line = readLine() { channel.continuation.yield(line) }
            end()
        }
        return channel.stream
    }

    /// Lets the lines end here.
    static func end() { channel.continuation.finish() }
}
