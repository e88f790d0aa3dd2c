/// Bytes that libcurl reads while it sends them, and the rule whether it may begin again.
final class UploadSource {
    private let bytes: [UInt8]
    private let isReplayable: Bool
    private var offset = 0

    init(_ bytes: [UInt8], isReplayable: Bool) {
        self.bytes = bytes
        self.isReplayable = isReplayable
    }

    /// Copies the next bytes to `buffer`; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - offset)
        bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count])) }
        offset += count
        return count
    }

    /// Goes to `position`; refuses to begin again once something was read, unless the request may be sent twice.
    func seek(to position: Int) -> Bool {
        guard (0...bytes.count).contains(position), isReplayable || position >= offset else { return false }
        offset = position
        return true
    }
}
