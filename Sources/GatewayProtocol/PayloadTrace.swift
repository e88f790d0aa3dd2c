/// Payloads for a trace: as one line of JSON, without what would let a reader act for the bot.
package enum PayloadTrace {
    /// `payload` as JSON on one line. Integers of ETF that no double holds are strings in it.
    ///
    /// Every byte of a secret is an asterisk: the members `token` (of the bot in IDENTIFY and RESUME, of interactions, voice servers and
    /// webhooks) and `session_id`, at any depth, and the token in a webhook's URL. `resume_gateway_url` names a host and is no secret.
    /// - Throws: when the payload is malformed. None of it may be shown then: where its secrets lie is not known.
    package static func json(of payload: UnsafeRawBufferPointer, encoding: PayloadEncoding) throws(PayloadError) -> [UInt8] {
        var masked = Array(payload)
        for secret in try secrets(in: payload, encoding: encoding) {
            for index in secret { masked[index] = UInt8(ascii: "*") }
        }
        maskWebhookURLs(in: &masked)
        switch encoding {
        case .json:
            // JSON has line ends between its tokens only; a space means the same.
            for index in masked.indices where masked[index] < 0x20 { masked[index] = UInt8(ascii: " ") }
            return masked
        case .etf:
            let json: Result<[UInt8], ETFError> = masked.withUnsafeBytes { bytes in
                Result { () throws(ETFError) in try ETFTranscoder.json(of: bytes) }
            }
            do { return try json.get() } catch { throw .etf(error) }
        }
    }

    // MARK: Members

    private static func secrets(in payload: UnsafeRawBufferPointer, encoding: PayloadEncoding) throws(PayloadError) -> [Range<Int>] {
        // The term in ETF begins after the version byte.
        let start = encoding == .etf && !payload.isEmpty ? 1 : 0
        var reader = PayloadReader(UnsafeRawBufferPointer(rebasing: payload[start...]), encoding: encoding)
        var found: [Range<Int>] = []
        try collect(from: &reader, into: &found)
        return found.map { $0.lowerBound + start..<$0.upperBound + start }
    }

    /// Recurses once per nested value, so the reader's depth limit bounds the stack too.
    private static func collect(from reader: inout PayloadReader, into found: inout [Range<Int>]) throws(PayloadError) {
        switch try reader.kind {
        case .object:
            var object = try reader.beginObject()
            while let key = try reader.nextKey(in: &object) {
                if key == "token" || key == "session_id", try reader.kind == .text {
                    found.append(try reader.readTextRange())
                } else {
                    try collect(from: &reader, into: &found)
                }
            }
        case .array:
            var array = try reader.beginArray()
            while try reader.nextElement(in: &array) { try collect(from: &reader, into: &found) }
        case .text, .other:
            try reader.skipValue()
        }
    }

    // MARK: URLs

    /// `https://discord.com/api/webhooks/<id>/<token>`, in whatever member or message it stands.
    private static func maskWebhookURLs(in bytes: inout [UInt8]) {
        let word = Array("/webhooks/".utf8)
        var rest = bytes[...]
        while let start = rest.firstRange(of: word)?.upperBound {
            var index = start
            while index < bytes.endIndex, isDigit(bytes[index]) { index += 1 }
            if index > start, index < bytes.endIndex, bytes[index] == UInt8(ascii: "/") {
                index += 1
                while index < bytes.endIndex, isTokenByte(bytes[index]) {
                    bytes[index] = UInt8(ascii: "*")
                    index += 1
                }
            }
            rest = bytes[index...]
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}
