import COpenSSL
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Counts what OpenSSL allocates. For a process of its own: OpenSSL takes another allocator only before it has used one.
enum OpenSSLHeap {
    // Written by OpenSSL's calls on the one thread that an exit test's body runs on, and read on the same.
    nonisolated(unsafe) private(set) static var liveBytes = 0
    /// Allocations large enough for a record. (libssl also allocates some 40 bytes per record to build its header with.)
    nonisolated(unsafe) private(set) static var bufferAllocationCount = 0

    /// Each block begins with its size, in as many bytes as malloc aligns to.
    private static let header = 16

    /// Whether OpenSSL accepted.
    static func install() -> Bool {
        CRYPTO_set_mem_functions(
            { size, _, _ in OpenSSLHeap.allocate(size) },
            { old, size, _, _ in
                guard let old else { return OpenSSLHeap.allocate(size) }
                guard let new = OpenSSLHeap.allocate(size) else { return nil }
                memcpy(new, old, min(size, OpenSSLHeap.size(of: old)))
                OpenSSLHeap.free(old)
                return new
            },
            { pointer, _, _ in if let pointer { OpenSSLHeap.free(pointer) } }) == 1
    }

    private static func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
        guard size > 0, let block = malloc(size + header) else { return nil }
        block.storeBytes(of: size, as: Int.self)
        liveBytes += size
        if size >= 4096 { bufferAllocationCount += 1 }
        return block + header
    }

    private static func size(of pointer: UnsafeMutableRawPointer) -> Int { (pointer - header).load(as: Int.self) }

    private static func free(_ pointer: UnsafeMutableRawPointer) {
        liveBytes -= size(of: pointer)
        #if canImport(Glibc)
        Glibc.free(pointer - header)
        #else
        Darwin.free(pointer - header)
        #endif
    }
}
