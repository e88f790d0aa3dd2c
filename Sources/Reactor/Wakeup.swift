#if canImport(Glibc)
import CLinux
import Glibc
#else
import Darwin
#endif

/// Ends a reactor's wait from any thread: an eventfd on Linux, a pipe elsewhere.
final class Wakeup: ReadinessHandler, Sendable {
    #if os(Linux)
    private let event: Descriptor
    /// The descriptor that becomes readable.
    var descriptor: CInt { event.rawValue }
    private var writeEnd: CInt { event.rawValue }

    init() throws(IOFailure) {
        event = Descriptor(try Syscall.run("eventfd") { eventfd(0, clinux_eventfd_flags) })
    }
    #else
    private let pipe: Pipe
    /// The descriptor that becomes readable.
    var descriptor: CInt { pipe.readEnd.rawValue }
    private var writeEnd: CInt { pipe.writeEnd.rawValue }

    init() throws(IOFailure) {
        pipe = try Pipe()
    }
    #endif

    /// Makes the descriptor readable.
    func signal() {
        // The kernel wants eight bytes for an eventfd; a pipe takes any. A full one is readable already, so the result says nothing.
        var one: UInt64 = 1
        _ = write(writeEnd, &one, MemoryLayout<UInt64>.size)
    }

    func ready(_ readiness: Readiness) {
        // An eventfd is empty after one read. A pipe that holds more is reported again.
        withUnsafeTemporaryAllocation(byteCount: 512, alignment: 8) { buffer in
            _ = read(descriptor, buffer.baseAddress, buffer.count)
        }
    }
}
