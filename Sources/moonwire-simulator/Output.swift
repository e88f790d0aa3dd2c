import Dispatch
import JSON
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Standard output as JSON lines, standard error for people.
///
/// A line is in the pipe when `write` returns, so that a bot which has its answer cannot overtake the line that tells of it. Only when the
/// pipe is full does it wait, with all lines after it, on a thread that may block.
enum Output {
    private static let queue = DispatchQueue(label: "standard output")
    /// Lines that wait for the queue.
    private static let waiting = Mutex(0)
    /// What a pipe takes without blocking when `poll` calls it writable: POSIX's smallest PIPE_BUF.
    private static let portion = 512

    /// Writes one line. A reader that has gone is noticed through standard input, which it held too.
    static func write(_ value: JSONValue) {
        var rest = (value.serialized + [UInt8(ascii: "\n")])[...]
        waiting.withLock { waiting in
            while waiting == 0, !rest.isEmpty, isWritable(STDOUT_FILENO) {
                let portion = rest.prefix(portion)
                rest = written(portion, to: STDOUT_FILENO).map { rest.dropFirst($0) } ?? []
            }
            guard !rest.isEmpty else { return }
            waiting += 1
            queue.async { [rest] in
                writeWhole(rest, to: STDOUT_FILENO)
                Self.waiting.withLock { $0 -= 1 }
            }
        }
    }

    /// Returns when all is written, or after `limit`, if there is one.
    static func finish(within limit: DispatchTimeInterval?) async {
        let (written, continuation) = AsyncStream.makeStream(of: Void.self)
        queue.async { continuation.finish() }
        if let limit { DispatchQueue.global().asyncAfter(deadline: .now() + limit) { continuation.finish() } }
        for await _ in written {}
    }

    static func complain(_ text: String) { writeWhole(Array((text + "\n").utf8)[...], to: STDERR_FILENO) }

    private static func writeWhole(_ bytes: ArraySlice<UInt8>, to descriptor: CInt) {
        var rest = bytes
        while !rest.isEmpty { rest = written(rest, to: descriptor).map { rest.dropFirst($0) } ?? [] }
    }

    /// How many of the bytes were taken; `nil` when nobody will take any more.
    private static func written(_ bytes: ArraySlice<UInt8>, to descriptor: CInt) -> Int? {
        let count = bytes.withUnsafeBytes { unistdWrite(descriptor, $0.baseAddress, $0.count) }
        return count >= 0 ? count : errno == EINTR ? 0 : nil
    }

    private static func isWritable(_ descriptor: CInt) -> Bool {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&wanted, 1, 0) > 0
    }

    private static func unistdWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes, count)
        #else
        Darwin.write(descriptor, bytes, count)
        #endif
    }
}
