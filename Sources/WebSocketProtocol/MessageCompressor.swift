/// A raw DEFLATE (RFC 1951) encoder that keeps its window from call to call.
package protocol MessageCompressor: AnyObject {
    /// Compresses from the front of `input`, which it advances, into `output`, and flushes to a byte boundary with an empty stored block
    /// (zlib's Z_SYNC_FLUSH) once `input`, which is not empty at a message's first call, is used up. `output` has at least 256 bytes.
    /// - Returns: Bytes written. Fewer than `output.count` means that everything, flush included, has been written; otherwise call again.
    func compress(_ input: inout UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Int

    /// Forgets the window: the next message must not refer to earlier ones (no context takeover, RFC 7692 §7.1.1).
    func reset()
}
