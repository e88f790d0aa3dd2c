extension JSONReader {
    /// Reads a number that has neither fraction nor exponent.
    /// - Throws: `.numberOutOfRange` when it has, or when 64 bits do not hold it.
    package mutating func readInteger() throws(JSONError) -> Int64 {
        let number = try readNumber()
        guard let value = number.integer else { throw outOfRange(number) }
        return value
    }

    /// Reads any number, correctly rounded.
    /// - Throws: `.numberOutOfRange` beyond the range of a double.
    package mutating func readDouble() throws(JSONError) -> Double {
        let number = try readNumber()
        guard let value = number.double else { throw outOfRange(number) }
        return value
    }

    /// Reads a number without converting it.
    package mutating func readNumber() throws(JSONError) -> JSONNumber {
        try expect(.number)
        let first = cursor
        if currentByte == UInt8(ascii: "-") { cursor += 1 }
        // int = zero / ( digit1-9 *DIGIT )
        if cursor < end, currentByte == UInt8(ascii: "0") {
            cursor += 1
            if cursor < end, isDigit(currentByte) { throw fault(.invalidNumber) }
        } else {
            try readDigits()
        }
        var isInteger = true
        if cursor < end, currentByte == UInt8(ascii: ".") {
            cursor += 1
            try readDigits()
            isInteger = false
        }
        if cursor < end, currentByte | 0x20 == UInt8(ascii: "e") {
            cursor += 1
            if cursor < end, currentByte == UInt8(ascii: "+") || currentByte == UInt8(ascii: "-") { cursor += 1 }
            try readDigits()
            isInteger = false
        }
        return JSONNumber(raw: UnsafeRawBufferPointer(start: first, count: cursor - first), isInteger: isInteger)
    }

    /// Consumes one digit or more.
    private mutating func readDigits() throws(JSONError) {
        guard cursor < end else { throw fault(.unexpectedEnd) }
        guard isDigit(currentByte) else { throw fault(.invalidNumber) }
        while cursor < end, isDigit(currentByte) { cursor += 1 }
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 }

    private func outOfRange(_ number: JSONNumber) -> JSONError { JSONError(.numberOutOfRange, at: offset - number.raw.count) }
}
