extension JSONReader {
    /// Reads a string, unescaped.
    /// - Throws: also what `JSONString.decoded` throws.
    package mutating func readString() throws(JSONError) -> String { try readRawString().decoded() }

    /// Reads a string without building anything.
    package mutating func readRawString() throws(JSONError) -> JSONString {
        if try nextByte() != UInt8(ascii: "\"") { try expect(.string) }
        return try scanString()
    }

    /// Consumes a string whose opening quote is next.
    mutating func scanString() throws(JSONError) -> JSONString {
        let first = cursor + 1
        var position = first
        var isEscaped = false
        while true {
            position = JSONScan.stringStop(from: position, to: end)
            guard position < end else {
                cursor = end
                throw fault(.unexpectedEnd)
            }
            switch position.load(as: UInt8.self) {
            case UInt8(ascii: "\""):
                let raw = UnsafeRawBufferPointer(start: first, count: position - first)
                cursor = position + 1
                return JSONString(raw: raw, isEscaped: isEscaped, offset: first - start)
            case UInt8(ascii: "\\"):
                isEscaped = true
                guard end - position > 1 else {
                    cursor = end
                    throw fault(.unexpectedEnd)
                }
                position += 2
            case let control:
                cursor = position
                throw fault(.controlCharacter(control))
            }
        }
    }
}
