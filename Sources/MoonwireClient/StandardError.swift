#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Where notices go that nobody else takes.
enum StandardError {
    /// Writes a line in one piece. One that cannot be written is lost: there is no place left to say so.
    static func write(_ line: String) { _ = line.withCString { systemWrite(STDERR_FILENO, $0, strlen($0)) } }
}

// Inside the type, `write` means its own method; this is the system call.
private func systemWrite(_ descriptor: CInt, _ bytes: UnsafePointer<CChar>, _ count: Int) -> Int { write(descriptor, bytes, count) }
