extension JSONReader {
    /// Passes over the next value by its quotes and brackets only, and returns the range of its bytes.
    ///
    /// The contents are not checked beyond that: whoever needs them parses them, and whoever does not should not pay.
    /// - Throws: `.unexpectedEnd` when the value is not closed, `.unexpectedByte` when no value begins here.
    @discardableResult
    package mutating func skipValue() throws(JSONError) -> Range<Int> {
        _ = try peek()
        let first = cursor
        guard let after = JSONScan.valueEnd(from: first, to: end) else {
            cursor = end
            throw fault(.unexpectedEnd)
        }
        cursor = after
        return first - start..<after - start
    }
}
