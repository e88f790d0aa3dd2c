import JSON

extension Envelope {
    static func scanJSON(_ bytes: UnsafeRawBufferPointer) throws(PayloadError) -> Findings {
        if let findings = scanCompactJSON(bytes) { return findings }
        do { return try scan(bytes) } catch { throw .json(error) }
    }

    private static func scan(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> Findings {
        var findings = Findings()
        var reader = JSONReader(bytes)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if key == "d" {
                guard !findings.isComplete else {
                    findings.data = try rest(of: bytes, from: reader)
                    return findings
                }
                findings.data = try reader.skipValue()
            } else if key == "op" {
                findings.opcode = try reader.readNull() ? nil : reader.readInteger()
                findings.found(.opcode)
            } else if key == "s" {
                findings.sequence = try reader.readNull() ? nil : reader.readInteger()
                findings.found(.sequence)
            } else if key == "t" {
                findings.name = 0..<0
                if try !reader.readNull() {
                    let name = try reader.readRawString()
                    findings.name = name.offset..<name.offset + name.raw.count
                }
                findings.found(.name)
            } else {
                try reader.skipValue()
            }
        }
        try reader.finish()
        return findings
    }

    /// From the next value to the payload's last brace, which must be there: a payload cut short is found out here.
    private static func rest(of bytes: UnsafeRawBufferPointer, from reader: JSONReader) throws(JSONError) -> Range<Int> {
        var reader = reader
        _ = try reader.peek()
        var end = bytes.count
        while end > reader.offset, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[end - 1]) { end -= 1 }
        guard end - 1 > reader.offset, bytes[end - 1] == UInt8(ascii: "}") else { throw JSONError(.unexpectedEnd, at: bytes.count) }
        return reader.offset..<end - 1
    }
}
