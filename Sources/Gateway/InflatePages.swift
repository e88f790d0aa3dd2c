import CZlib

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The memory of one inflate context, in pages of its own: when a thousand idle connections give theirs up, the system gets them back, which it
/// would not from holes in the heap.
struct InflatePages: ~Copyable {
    /// The state of inflate (7 KB) and its window (32 KB), with room for releases that need a little more. Pages that are not touched cost nothing.
    private static let size = 64 << 10
    /// Where the next block begins stands in front of the first.
    private static let headerSize = 16

    private let base: UnsafeMutableRawPointer

    /// `nil` when the system has no memory left.
    init?() {
        let pages = mmap(nil, Self.size, PROT_READ | PROT_WRITE, CInt(MAP_PRIVATE) | CInt(MAP_ANON), -1, 0)
        guard let pages, pages != MAP_FAILED else { return nil }
        base = pages
        base.storeBytes(of: Self.headerSize, as: Int.self)
    }

    deinit { munmap(base, Self.size) }

    /// Makes `context` allocate here. It must be ended before the pages go.
    func serve(_ context: UnsafeMutablePointer<z_stream>) {
        context.pointee.opaque = base
        context.pointee.zalloc = { base, count, size in
            guard let base else { return nil }
            let used = base.load(as: Int.self)
            let end = used + (Int(count) * Int(size) + 15) & ~15
            // A zlib that wants more than it ever did gets it from the heap.
            guard end <= InflatePages.size else { return calloc(Int(count), Int(size)) }
            base.storeBytes(of: end, as: Int.self)
            return base + used
        }
        context.pointee.zfree = { base, block in
            guard let base, let block, !(base..<base + InflatePages.size).contains(block) else { return }
            free(block)
        }
    }
}
