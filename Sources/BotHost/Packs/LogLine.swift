/// The text of one log line while it is put together. Keeps no more of its parts than the log shows.
struct LogLine {
    private var bytes: [UInt8] = []
    private var omitted = 0

    init() {}
    init(_ text: String) { append(text) }
    init(_ text: UnsafeRawBufferPointer) { append(text) }

    /// Whether nothing of a further part would be seen.
    var isFull: Bool { bytes.count >= PackLog.lineBytes }

    mutating func append(_ part: UnsafeRawBufferPointer) {
        let shown = part.prefix(PackLog.lineBytes - bytes.count)
        bytes.append(contentsOf: shown)
        omitted += part.count - shown.count
    }

    mutating func append(_ part: String) {
        var part = part
        part.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// What is logged. Cut once more after it has been made printable, which may make three bytes of one.
    var text: String {
        let printable = String(decoding: bytes, as: UTF8.self).printable
        let more = omitted + max(0, printable.utf8.count - PackLog.lineBytes)
        guard more > 0 else { return printable }
        return String(decoding: printable.utf8.prefix(PackLog.lineBytes), as: UTF8.self) + "… (at least \(more) bytes more)"
    }
}
