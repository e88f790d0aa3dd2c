/// Collects the first bytes of an error response's body.
struct RefusalBody {
    private enum Framing {
        /// Until this many bytes, or until the end of the stream if it is not known.
        case plain(remaining: Int?)
        /// The size line of the first chunk is being read. One chunk is plenty for a message to a person.
        case chunkSize(Int)
    }

    private let line: StatusLine
    private let location: String?
    private let retryAfter: String?
    private var framing: Framing
    private var prefix: [UInt8] = []

    init(_ line: StatusLine, _ head: HTTPHead) {
        self.line = line
        location = head.values("Location").first
        retryAfter = head.values("Retry-After").first
        if head.contains("chunked", in: "Transfer-Encoding") {
            framing = .chunkSize(0)
        } else {
            framing = .plain(remaining: head.values("Content-Length").first.flatMap { UInt32($0) }.map(Int.init))
        }
        // RFC 9110 §6.4.1: these never have a body.
        if line.status == 101 || line.status == 204 || line.status == 304 { framing = .plain(remaining: 0) }
    }

    var refusal: HTTPRefusal {
        HTTPRefusal(
            status: line.status, reason: line.reason, location: location, retryAfter: retryAfter,
            bodyPrefix: HTTPHead.trimmed(String(decoding: prefix, as: UTF8.self)))
    }

    /// Takes what is needed from `input`.
    /// - Returns: The refusal once the body, or as much of it as is kept, has arrived.
    mutating func append(_ input: inout UnsafeRawBufferPointer) -> HTTPRefusal? {
        while true {
            switch framing {
            case .plain(let remaining):
                let wanted = HTTPRefusal.bodyLimit - prefix.count
                let piece = input.prefix(min(wanted, remaining ?? wanted))
                prefix.append(contentsOf: piece)
                input = UnsafeRawBufferPointer(rebasing: input[piece.endIndex...])
                framing = .plain(remaining: remaining.map { $0 - piece.count })
                let isComplete = prefix.count == HTTPRefusal.bodyLimit || remaining == piece.count
                return isComplete ? refusal : nil
            case .chunkSize(let size):
                guard let byte = input.first else { return nil }
                input = UnsafeRawBufferPointer(rebasing: input[1...])
                if byte == UInt8(ascii: "\n") {
                    framing = .plain(remaining: size)
                } else if let digit = Int(String(UnicodeScalar(byte)), radix: 16) {
                    // The size saturates: no more than `bodyLimit` is read of it.
                    framing = .chunkSize(min(size * 16 + digit, HTTPRefusal.bodyLimit))
                }
            }
        }
    }
}
