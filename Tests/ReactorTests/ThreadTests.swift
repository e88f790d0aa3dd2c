import Synchronization
import Testing
@testable import Reactor
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite("Thread") struct ThreadTests {
    @Test("join waits for the body, and again is harmless") func join() throws {
        let done = Atomic(false)
        let thread = try Thread.start(name: "worker", stackSize: 256 * 1024) {
            usleep(5000)
            done.store(true, ordering: .relaxed)
        }
        thread.join()
        let isDone = done.load(ordering: .relaxed)
        #expect(isDone)
        thread.join()
    }

    @Test("a thread nobody joins ends by itself and lets go of its body") func detached() throws {
        let done = Atomic(false)
        _ = try Thread.start(name: "worker", stackSize: 256 * 1024) { done.store(true, ordering: .relaxed) }
        while !done.load(ordering: .relaxed) { usleep(1000) }
    }

    #if os(Linux)
    @Test("the thread has its name, cut to the 15 bytes that Linux keeps", arguments: [("lua-0", "lua-0"), ("a-much-longer-name", "a-much-longer-n")])
    func name(given: String, kept: String) throws {
        let seen = Mutex("")
        try Thread.start(name: given, stackSize: 256 * 1024) {
            let file = open("/proc/thread-self/comm", O_RDONLY)
            var bytes = [UInt8](repeating: 0, count: 32)
            let count = read(file, &bytes, bytes.count)
            close(file)
            seen.withLock { $0 = String(decoding: bytes.prefix(max(count - 1, 0)), as: UTF8.self) }
        }.join()
        let name = seen.withLock { $0 }
        #expect(name == kept)
    }
    #endif

    @Test("the stack is as large as was asked for") func stackSize() throws {
        let sum = Atomic(0)
        try Thread.start(name: "deep", stackSize: 48 * 1024 * 1024) {
            // Allocations that large would go to the heap, so the depth is made of many small ones.
            func descend(_ depth: Int) -> Int {
                withUnsafeTemporaryAllocation(byteCount: 1000, alignment: 8) { bytes in
                    bytes[depth % 1000] = 1
                    return depth == 0 ? 0 : descend(depth - 1) + Int(bytes[depth % 1000])
                }
            }
            sum.store(descend(12_000), ordering: .relaxed)
        }.join()
        let total = sum.load(ordering: .relaxed)
        #expect(total == 12_000)
    }

    @Test("a stack below the system's minimum is refused") func tooSmall() {
        #expect(throws: IOFailure(call: "pthread_attr_setstacksize", code: EINVAL)) {
            _ = try Thread.start(name: "tiny", stackSize: 1) {}
        }
    }
}
