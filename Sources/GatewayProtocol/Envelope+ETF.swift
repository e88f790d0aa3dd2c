extension Envelope {
    static func scanETF(_ bytes: UnsafeRawBufferPointer) throws(PayloadError) -> Findings {
        do { return try scan(bytes) } catch { throw .etf(error) }
    }

    private static func scan(_ bytes: UnsafeRawBufferPointer) throws(ETFError) -> Findings {
        var findings = Findings()
        var reader = ETFReader(bytes)
        try reader.readVersion()
        var map = try reader.beginMap()
        while let key = try reader.nextKey(in: &map) {
            if key == "d" {
                guard !findings.isComplete else {
                    findings.data = reader.offset..<bytes.count
                    return findings
                }
                findings.data = try reader.skipTerm()
            } else if key == "op" {
                findings.opcode = try readInteger(&reader)
                findings.found(.opcode)
            } else if key == "s" {
                findings.sequence = try readInteger(&reader)
                findings.found(.sequence)
            } else if key == "t" {
                findings.name = 0..<0
                if try !reader.readNull() {
                    let name = try reader.readText()
                    findings.name = reader.offset - name.raw.count..<reader.offset
                }
                findings.found(.name)
            } else {
                try reader.skipTerm()
            }
        }
        try reader.finish()
        return findings
    }

    private static func readInteger(_ reader: inout ETFReader) throws(ETFError) -> Int64? {
        let first = reader.offset
        if try reader.readNull() { return nil }
        guard let value = try reader.readInteger().integer else { throw ETFError(.integerOutOfRange, at: first) }
        return value
    }
}
