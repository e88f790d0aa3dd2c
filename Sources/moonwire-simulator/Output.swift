import JSON

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Standard output as JSON lines, standard error for people.
enum Output {
    /// Writes one line in one piece. A reader that has gone is noticed through standard input, which it held too.
    static func write(_ value: JSONValue) { write(value.serialized, to: STDOUT_FILENO) }

    static func complain(_ text: String) { write(Array(text.utf8), to: STDERR_FILENO) }

    private static func write(_ line: [UInt8], to descriptor: CInt) {
        var rest = (line + [UInt8(ascii: "\n")])[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { unistdWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                guard errno == EINTR else { return }
                continue
            }
            rest = rest.dropFirst(count)
        }
    }

    private static func unistdWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes, count)
        #else
        Darwin.write(descriptor, bytes, count)
        #endif
    }
}
