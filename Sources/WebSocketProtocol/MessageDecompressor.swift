/// A raw DEFLATE (RFC 1951) decoder that keeps its window from call to call.
package protocol MessageDecompressor: AnyObject {
    /// Decompresses from the front of `input`, which it advances, into `output`. A block with BFINAL set does not end the stream:
    /// what follows is decoded with the same window (RFC 7692 §7.2.3.4).
    /// - Returns: Bytes written. Fewer than `output.count` means that `input` is used up; otherwise call again.
    func decompress(
        _ input: inout UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(DecompressionError) -> Int

    /// Forgets the window: the peer's next message does not refer to earlier ones (no context takeover, RFC 7692 §7.1.1).
    func reset()
}

/// Input that is not DEFLATE data, or that reaches back beyond the agreed window.
package struct DecompressionError: Error, Equatable, Sendable {
    /// The decoder's own words.
    package let detail: String

    package init(detail: String) {
        self.detail = detail
    }
}
