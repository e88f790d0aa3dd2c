internal import Logging
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The file of `--trace`. What is in it already stays, so that a restart does not wipe what led to it; each line is written at once, so that
/// a crash loses none. It holds what people wrote, so a new file can be read by its owner only.
final class TraceFile {
    private let path: String
    private let logger: Logger
    /// `nil` after a write has failed.
    private var descriptor: CInt?

    /// - Throws: `.configuration` when the file cannot be opened for writing.
    init(path: String, logger: Logger) throws(BotFailure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw BotFailure(.configuration, "--trace '\(path)': \(String(cString: strerror(errno))); name a file that can be written")
        }
        self.path = path
        self.logger = logger
        self.descriptor = descriptor
    }

    deinit { stop() }

    /// Appends a line. A full disk ends the trace, not the bot.
    func write(_ line: [UInt8]) {
        guard let descriptor else { return }
        line.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = systemWrite(descriptor, rest.baseAddress, rest.count)
                if count < 0 {
                    if errno == EINTR { continue }
                    logger.warning("--trace '\(path)': \(String(cString: strerror(errno))); tracing stops, the bot goes on")
                    return stop()
                }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
        }
    }

    private func stop() {
        if let descriptor = descriptor.take() { close(descriptor) }
    }
}

@available(*, unavailable)
extension TraceFile: Sendable {}

// Inside the type, `write` means its own method; this is the system call.
private func systemWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(descriptor, bytes, count) }
