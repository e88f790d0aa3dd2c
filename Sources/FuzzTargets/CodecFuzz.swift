import Discord
import GatewayProtocol
import JSON

/// Reads any bytes as JSON; traps when an invariant of the reader breaks: whatever parses can be skipped to the same place,
/// and writing it gives a text that parses to the same value.
func fuzzJSON(_ bytes: UnsafeRawBufferPointer) {
    var skipper = JSONReader(bytes)
    let skipped = Result { () throws(JSONError) in try skipper.skipValue() }
    if case .success(let range) = skipped { promise(range.upperBound <= bytes.count && range.upperBound == skipper.offset) }

    guard case .success(let value) = Result(catching: { () throws(JSONError) in try JSONValue(parsing: bytes) }) else { return }
    guard case .success = skipped else { broken("what parses cannot be skipped") }
    do { try skipper.finish() } catch { broken("skipping stopped inside the value: \(error)") }
    do {
        let again = try JSONValue(parsing: value.serialized)
        promise(again == value, "what was written reads back differently")
    } catch {
        broken("what was written does not parse: \(error)")
    }
}

/// Reads any bytes as an external term; traps when an invariant of the reader breaks: whatever is read can be skipped to the
/// same place, and its JSON parses.
func fuzzETF(_ bytes: UnsafeRawBufferPointer) {
    var skipper = ETFReader(bytes)
    let skipped = Result { () throws(ETFError) in
        try skipper.readVersion()
        try skipper.skipTerm()
        try skipper.finish()
    }
    promise(skipper.offset <= bytes.count)
    guard case .success(let json) = Result(catching: { () throws(ETFError) in try ETFTranscoder.json(of: bytes) }) else { return }
    guard case .success = skipped else { broken("what can be read cannot be skipped") }
    do { _ = try JSONValue(parsing: json) } catch { broken("the JSON of a term does not parse: \(error)") }
}

/// Scans any bytes as a payload in both encodings; traps when the scan disagrees with a full parse.
func fuzzEnvelope(_ bytes: UnsafeRawBufferPointer) {
    for encoding in PayloadEncoding.allCases {
        guard case .success(let envelope) = Result(catching: { () throws(PayloadError) in try Envelope.scan(bytes, encoding: encoding) })
        else { continue }
        promise(envelope.name.upperBound <= bytes.count && (envelope.data?.upperBound ?? 0) <= bytes.count)
        if let data = envelope.data {
            let body = UnsafeRawBufferPointer(rebasing: bytes[data])
            _ = ifReadable { try EventRouting.guild(of: envelope.event, data: body, encoding: encoding) }
            _ = ifReadable { try Ready(body, encoding: encoding) }
            _ = ifReadable { try Hello(body, encoding: encoding) }
            _ = ifReadable { try RateLimited(body, encoding: encoding) }
            _ = ifReadable { try MemberChunk(body, encoding: encoding) }
        }
        guard let whole = wholePayload(bytes, encoding), hasDistinctKeys(bytes, encoding) else { continue }
        check(envelope, against: whole, bytes, encoding)
    }
}

private func check(_ envelope: Envelope, against whole: JSONValue, _ bytes: UnsafeRawBufferPointer, _ encoding: PayloadEncoding) {
    promise(whole["op"]?.integerValue == Int64(envelope.opcode.rawValue) || whole["op"]?.stringValue != nil)
    if let sequence = whole["s"]?.integerValue { promise(envelope.sequence == sequence) }
    if let name = whole["t"]?.stringValue {
        let raw = bytes[envelope.name]
        if !raw.contains(UInt8(ascii: "\\")) { promise(name.utf8.elementsEqual(raw) || encoding == .etf) }
        promise(envelope.event == nil || envelope.event?.description == name)
    }
    promise((whole["d"] == nil) == (envelope.data == nil), "d is there or it is not")
    guard let data = envelope.data, let expected = whole["d"] else { return }
    let found: JSONValue? = switch encoding {
    case .json: firstValue(UnsafeRawBufferPointer(rebasing: bytes[data]))
    case .etf: firstTerm(UnsafeRawBufferPointer(rebasing: bytes[data]))
    }
    promise(found == expected, "the scan found another d")
}

private func wholePayload(_ bytes: UnsafeRawBufferPointer, _ encoding: PayloadEncoding) -> JSONValue? {
    switch encoding {
    case .json:
        return ifReadable { try JSONValue(parsing: bytes) }
    case .etf:
        return ifReadable { try JSONValue(parsing: ETFTranscoder.json(of: bytes)) }
    }
}

private func firstValue(_ bytes: UnsafeRawBufferPointer) -> JSONValue? {
    var reader = JSONReader(bytes)
    return ifReadable { try reader.readValue() }
}

private func firstTerm(_ bytes: UnsafeRawBufferPointer) -> JSONValue? {
    var reader = ETFReader(bytes)
    var writer = JSONWriter()
    return ifReadable {
        try ETFTranscoder.transcode(&reader, into: &writer)
        return try JSONValue(parsing: writer.bytes)
    }
}
