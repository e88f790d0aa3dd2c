import Dispatch

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Standard input, line by line, and the signals that end the program.
final class Input {
    /// The lines of standard input, until it ends or a signal ends the program.
    let lines: AsyncStream<String>
    /// Sources work as long as they are kept.
    private let signals: [any DispatchSourceSignal]

    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        lines = stream
        // Reading blocks, so it has a thread of its own, which ends with the process.
        DispatchQueue(label: "standard input").async {
            while let line = readLine() { continuation.yield(line) }
            continuation.finish()
        }
        signals = [SIGINT, SIGTERM, SIGHUP].map { number in
            // Dispatch only hears of signals whose default action is off.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.finish() }
            source.resume()
            return source
        }
        // A reader of our output that has gone shows in the end of standard input, not in a signal.
        signal(SIGPIPE, SIG_IGN)
    }
}
