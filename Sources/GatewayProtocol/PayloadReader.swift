package import Discord
import JSON

/// Reads what the host itself needs from a `d`, in either encoding, with the same calls and the same results.
///
///     var object = try reader.beginObject()
///     while let key = try reader.nextKey(in: &object) {
///         if key == "guild_id" { guild = try reader.readSnowflake() } else { try reader.skipValue() }
///     }
///
/// Allocates only for the `String`s asked for. The buffer must outlive the reader; after an error the reader must be discarded.
package struct PayloadReader {
    private let encoding: PayloadEncoding
    // Only the one that `encoding` names is used. Both are a few words, and an enum of the two would be copied at every call.
    private var json: JSONReader
    private var etf: ETFReader

    /// Over one value in the given encoding (ETF: without a version byte); what follows the value is not looked at.
    package init(_ bytes: UnsafeRawBufferPointer, encoding: PayloadEncoding) {
        self.encoding = encoding
        json = JSONReader(bytes)
        etf = ETFReader(bytes)
    }

    /// The progress of one object or array; hand it to `nextKey` or `nextElement`.
    package struct Container {
        fileprivate var etf: ETFReader.Container?
    }

    /// The kind of the next value, without consuming it.
    package var kind: PayloadKind {
        get throws(PayloadError) {
            var copy = self
            return try copy.read { json throws(JSONError) in
                switch try json.peek() {
                case .object: .object
                case .array: .array
                case .string: .text
                case .number, .boolean, .null: .other
                }
            } etf: { etf throws(ETFError) in
                switch try etf.peek() {
                case .map: .object
                case .list: .array
                case .text: .text
                case .integer, .double, .boolean, .null: .other
                }
            }
        }
    }

    package mutating func beginObject() throws(PayloadError) -> Container {
        try read { json throws(JSONError) in
            try json.beginObject()
            return Container(etf: nil)
        } etf: { etf throws(ETFError) in
            Container(etf: try etf.beginMap())
        }
    }

    /// The next member's key, or `nil` after the last. Its value must be read or skipped before the next call.
    package mutating func nextKey(in object: inout Container) throws(PayloadError) -> PayloadKey? {
        try read { json throws(JSONError) in
            try json.nextKey().map { PayloadKey(form: .json($0)) }
        } etf: { etf throws(ETFError) in
            guard object.etf != nil else { return nil }
            return try etf.nextKey(in: &object.etf!).map { PayloadKey(form: .etf($0)) }
        }
    }

    package mutating func beginArray() throws(PayloadError) -> Container {
        try read { json throws(JSONError) in
            try json.beginArray()
            return Container(etf: nil)
        } etf: { etf throws(ETFError) in
            Container(etf: try etf.beginList())
        }
    }

    /// Whether another element follows, which must be read or skipped before the next call.
    package mutating func nextElement(in array: inout Container) throws(PayloadError) -> Bool {
        try read { json throws(JSONError) in
            try json.nextElement()
        } etf: { etf throws(ETFError) in
            guard array.etf != nil else { return false }
            return try etf.nextElement(in: &array.etf!)
        }
    }

    package mutating func readString() throws(PayloadError) -> String {
        try read { json throws(JSONError) in try json.readString() } etf: { etf throws(ETFError) in try etf.readText().decoded() }
    }

    /// Reads a string and returns the range of its bytes as they are written: between the quotes, escapes and all.
    package mutating func readTextRange() throws(PayloadError) -> Range<Int> {
        try read { json throws(JSONError) in
            let count = try json.readRawString().raw.count
            return json.offset - 1 - count..<json.offset - 1
        } etf: { etf throws(ETFError) in
            let count = try etf.readText().raw.count
            return etf.offset - count..<etf.offset
        }
    }

    /// - Throws: also for an integer that 64 bits do not hold.
    package mutating func readInteger() throws(PayloadError) -> Int64 {
        try read { json throws(JSONError) in
            try json.readInteger()
        } etf: { etf throws(ETFError) in
            let first = etf.offset
            guard let value = try etf.readInteger().integer else { throw ETFError(.integerOutOfRange, at: first) }
            return value
        }
    }

    /// Reads any number.
    package mutating func readDouble() throws(PayloadError) -> Double {
        try read { json throws(JSONError) in
            try json.readDouble()
        } etf: { etf throws(ETFError) in
            guard try etf.peek() == .integer else { return try etf.readDouble() }
            let first = etf.offset
            guard let value = try etf.readInteger().integer else { throw ETFError(.integerOutOfRange, at: first) }
            return Double(value)
        }
    }

    package mutating func readBoolean() throws(PayloadError) -> Bool {
        try read { json throws(JSONError) in try json.readBoolean() } etf: { etf throws(ETFError) in try etf.readBoolean() }
    }

    /// Reads an id, which either encoding may write as text or as a number (docs, Gateway › ETF: "snowflakes are 64-bit
    /// integers or strings"; REST may answer a malformed id as a number).
    package mutating func readSnowflake() throws(PayloadError) -> Snowflake {
        try read { json throws(JSONError) in
            let first = json.offset
            let digits = try json.peek() == .number ? json.readNumber().raw : json.readRawString().raw
            guard let id = Snowflake(decimal: digits) else { throw JSONError(.numberOutOfRange, at: first) }
            return id
        } etf: { etf throws(ETFError) in
            let first = etf.offset
            if try etf.peek() == .integer {
                let integer = try etf.readInteger()
                guard !integer.isNegative, let id = integer.magnitude else { throw ETFError(.integerOutOfRange, at: first) }
                return Snowflake(rawValue: id)
            }
            guard let id = Snowflake(decimal: try etf.readText().raw) else { throw ETFError(.integerOutOfRange, at: first) }
            return id
        }
    }

    /// Consumes a null and returns `true`; leaves any other value alone and returns `false`.
    package mutating func readNull() throws(PayloadError) -> Bool {
        try read { json throws(JSONError) in try json.readNull() } etf: { etf throws(ETFError) in try etf.readNull() }
    }

    /// Passes over the next value and returns the range of its bytes.
    @discardableResult
    package mutating func skipValue() throws(PayloadError) -> Range<Int> {
        try read { json throws(JSONError) in try json.skipValue() } etf: { etf throws(ETFError) in try etf.skipTerm() }
    }

    @inline(__always)
    private mutating func read<Value>(
        json fromJSON: (inout JSONReader) throws(JSONError) -> Value,
        etf fromETF: (inout ETFReader) throws(ETFError) -> Value
    ) throws(PayloadError) -> Value {
        switch encoding {
        case .json: do { return try fromJSON(&json) } catch { throw .json(error) }
        case .etf: do { return try fromETF(&etf) } catch { throw .etf(error) }
        }
    }
}
