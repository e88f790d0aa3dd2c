#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The one door to the kernel, so that interruption, would-block and our own bugs are judged in one place.
///
/// `errno` is read directly after the call, before a retain or release could change it.
enum Syscall {
    /// Makes a call that must not block, retrying it while a signal interrupts it (`EINTR`).
    @inline(__always) @discardableResult
    static func run<Value: SignedInteger & FixedWidthInteger>(_ call: String, _ body: () -> Value) throws(IOFailure) -> Value {
        while true {
            let value = body()
            if value >= 0 { return value }
            let code = errno
            if code == EINTR { continue }
            throw failure(call, code)
        }
    }

    /// As `run`, but returns `nil` where the call would have blocked: not ready is an answer, not an error.
    @inline(__always)
    static func attempt<Value: SignedInteger & FixedWidthInteger>(_ call: String, _ body: () -> Value) throws(IOFailure) -> Value? {
        while true {
            let value = body()
            if value >= 0 { return value }
            let code = errno
            if code == EINTR { continue }
            if code == EAGAIN || code == EWOULDBLOCK { return nil }
            throw failure(call, code)
        }
    }

    /// A closed descriptor or a bad address in our hands is a bug of this program; going on would act on a stranger's descriptor.
    @inline(never)
    private static func failure(_ call: String, _ code: CInt) -> IOFailure {
        precondition(code != EBADF && code != EFAULT, "\(call) was given a descriptor or a buffer that is not ours")
        return IOFailure(call: call, code: code)
    }
}
