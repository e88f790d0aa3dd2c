internal import Reactor
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Reads standard input line by line on a thread of its own: it may be a file, which no poller can watch.
enum StandardInput {
    /// Calls `received` on the reactor's thread for each line, and with `nil` at the end.
    static func read(into handle: ReactorHandle, received: @escaping @Sendable (Reactor, String?) -> Void) throws(IOFailure) {
        // The thread ends with the process: nothing interrupts a read of standard input.
        _ = try Thread.start(name: "stdin", stackSize: 256 << 10) {
            var lines = LineBuffer()
            var chunk = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = Self.readChunk(&chunk)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { break }
                chunk.withUnsafeBytes { lines.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
                while let line = lines.next() {
                    let text = String(decoding: line, as: UTF8.self)
                    handle.post { reactor in received(reactor, text) }
                }
            }
            if let rest = lines.rest() {
                let text = String(decoding: rest, as: UTF8.self)
                handle.post { reactor in received(reactor, text) }
            }
            handle.post { reactor in received(reactor, nil) }
        }
    }

    private static func readChunk(_ chunk: inout [UInt8]) -> Int {
        #if canImport(Glibc)
        Glibc.read(STDIN_FILENO, &chunk, chunk.count)
        #else
        Darwin.read(STDIN_FILENO, &chunk, chunk.count)
        #endif
    }
}
