// Darwin does not keep to a limit on the address space.
#if os(Linux)
import Glibc
import Testing
import WebSocketDeflate

@Suite("zlib without memory", .enabled(if: !isSanitized, "a sanitizer's allocator ends the process instead")) struct ZlibMemoryTests {
    @Test("is a failure, and what was taken is given back once") func failures() async {
        // In a process of its own, which has no memory left.
        await #expect(processExitsWith: .success) {
            var before = rlimit()
            getrlimit(addressSpace, &before)
            var none = before
            none.rlim_cur = 1
            setrlimit(addressSpace, &none)
            // What is free already serves small requests; the engines' windows are larger.
            while malloc(4 << 10) != nil {}
            var failed: [String] = []
            failed.reserveCapacity(4)
            for _ in 0..<2 {
                do throws(ZlibFailure) { _ = try ZlibCompressor(windowBits: 15) } catch { failed.append(error.call) }
                do throws(ZlibFailure) { _ = try ZlibDecompressor(windowBits: 15) } catch { failed.append(error.call) }
            }
            setrlimit(addressSpace, &before)
            precondition(failed == ["deflateInit2", "inflateInit2", "deflateInit2", "inflateInit2"])
        }
    }
}

private let addressSpace = __rlimit_resource_t(RLIMIT_AS.rawValue)

private let isSanitized = dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil
#endif
