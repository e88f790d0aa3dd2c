import CZstd

/// Keeps the windows of hibernating inflate streams: the last 32 KB of JSON compress to a small part of that. One for all connections of a
/// reactor, so that its working memory is there once.
package final class WindowArchive {
    /// DEFLATE's largest window (RFC 1951 §2).
    static let windowBits: CInt = 15
    private static let windowSize = 1 << 15

    private let compressor: OpaquePointer
    fileprivate let decompressor: OpaquePointer
    fileprivate let window: UnsafeMutableRawBufferPointer
    private let compressed: UnsafeMutableRawBufferPointer

    /// A compressed window.
    struct Entry {
        fileprivate let archive: WindowArchive
        fileprivate let bytes: [UInt8]

        /// Hands the window out, for the length of the call.
        func withWindow<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
            let count = bytes.withUnsafeBytes {
                ZSTD_decompressDCtx(archive.decompressor, archive.window.baseAddress, archive.window.count, $0.baseAddress, $0.count)
            }
            // What was compressed here a moment ago decompresses; if not, memory is corrupt and the window would be too.
            precondition(ZSTD_isError(count) == 0, "an archived window is damaged")
            return body(UnsafeRawBufferPointer(rebasing: archive.window[..<count]))
        }
    }

    /// - Throws: `outOfMemory`.
    package init() throws(DecompressionError) {
        guard let compressor = ZSTD_createCCtx(), let decompressor = ZSTD_createDCtx() else { throw .outOfMemory }
        self.compressor = compressor
        self.decompressor = decompressor
        window = .allocate(byteCount: Self.windowSize, alignment: 16)
        compressed = .allocate(byteCount: ZSTD_compressBound(Self.windowSize), alignment: 16)
    }

    deinit {
        ZSTD_freeCCtx(compressor)
        ZSTD_freeDCtx(decompressor)
        window.deallocate()
        compressed.deallocate()
    }

    /// Stores what `fill` writes into the window it is given, and returns how much that was; `nil` when there is nothing to store.
    func store(_ fill: (UnsafeMutableRawBufferPointer) -> Int?) -> Entry? {
        guard let count = fill(window) else { return nil }
        let size = ZSTD_compressCCtx(compressor, compressed.baseAddress, compressed.count, window.baseAddress, count, 1)
        guard ZSTD_isError(size) == 0 else { return nil }
        return Entry(archive: self, bytes: Array(compressed[..<size]))
    }
}

@available(*, unavailable) extension WindowArchive: Sendable {}
