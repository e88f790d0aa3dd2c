/// The first line of a response (RFC 9112 §4), HTTP/1.1 only.
struct StatusLine {
    let status: Int
    let reason: String

    init(_ line: String) throws(HandshakeError) {
        let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0] == "HTTP/1.1" || parts[0] == "HTTP/1.0", parts[1].utf8.count == 3,
            parts[1].utf8.allSatisfy({ $0.isDigit }), let status = Int(parts[1]), status >= 100
        else { throw .malformedStartLine(line) }
        // RFC 6455 §4.1 upgrades from HTTP/1.1 only; a 1.0 answer can still be an error worth reading, or a proxy's 200.
        if status == 101, parts[0] != "HTTP/1.1" { throw .malformedStartLine(line) }
        self.status = status
        reason = parts.count == 3 ? String(parts[2]) : ""
    }
}
