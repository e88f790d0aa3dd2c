#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A non-blocking pipe whose ends do not pass to programs that this process executes.
struct Pipe: ~Copyable, Sendable {
    let readEnd: Descriptor
    let writeEnd: Descriptor

    init() throws(IOFailure) {
        var ends: (CInt, CInt) = (-1, -1)
        try withUnsafeMutableBytes(of: &ends) { bytes throws(IOFailure) in
            let pair = bytes.baseAddress!.assumingMemoryBound(to: CInt.self)
            try Syscall.run("pipe") { pipe(pair) }
        }
        let readEnd = Descriptor(ends.0)
        let writeEnd = Descriptor(ends.1)
        try readEnd.setNonBlockingCloseOnExec()
        try writeEnd.setNonBlockingCloseOnExec()
        self.readEnd = readEnd
        self.writeEnd = writeEnd
    }

    /// Hands both open ends over to the caller.
    consuming func release() -> (readEnd: CInt, writeEnd: CInt) {
        (readEnd.release(), writeEnd.release())
    }
}
