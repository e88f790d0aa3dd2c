import GatewayProtocol
import JSON

/// What `read` returns; `nil` when it refuses its input.
func ifReadable<Value>(_ read: () throws -> Value) -> Value? {
    do { return try read() } catch { return nil }
}

/// Whether no object has a key twice: of equal ones two readers may choose differently (RFC 8259 §4).
func hasDistinctKeys(_ bytes: UnsafeRawBufferPointer, _ encoding: PayloadEncoding) -> Bool {
    ifReadable {
        switch encoding {
        case .json:
            var reader = JSONReader(bytes)
            return try hasDistinctKeys(&reader)
        case .etf:
            var reader = ETFReader(bytes)
            try reader.readVersion()
            return try hasDistinctKeys(&reader)
        }
    } ?? false
}

private func hasDistinctKeys(_ reader: inout JSONReader) throws -> Bool {
    switch try reader.peek() {
    case .array:
        try reader.beginArray()
        while try reader.nextElement() {
            guard try hasDistinctKeys(&reader) else { return false }
        }
    case .object:
        var names: Set<String> = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            guard names.insert(try key.decoded()).inserted, try hasDistinctKeys(&reader) else { return false }
        }
    default: try reader.skipValue()
    }
    return true
}

private func hasDistinctKeys(_ reader: inout ETFReader) throws -> Bool {
    switch try reader.peek() {
    case .list:
        var list = try reader.beginList()
        while try reader.nextElement(in: &list) {
            guard try hasDistinctKeys(&reader) else { return false }
        }
    case .map:
        var names: Set<String> = []
        var map = try reader.beginMap()
        while let key = try reader.nextKey(in: &map) {
            guard names.insert(try key.decoded()).inserted, try hasDistinctKeys(&reader) else { return false }
        }
    default: try reader.skipTerm()
    }
    return true
}

extension JSONValue {
    /// The value as far as a script can tell: a number is its value, an empty list is an empty object, and a field may be null or absent.
    func asScriptsSee(nulls: Bool) -> JSONValue {
        switch self {
        case .double(let number) where number == number.rounded() && abs(number) < 0x1p53: .integer(Int64(number))
        case .array(let elements): .array(elements.map { $0.asScriptsSee(nulls: nulls) })
        case .object(let object):
            object.members.isEmpty || (!nulls && object.members.allSatisfy { $0.value.isNull })
                ? .array([])
                : .object(JSONObject(object.members.filter { nulls || !$0.value.isNull }.map { ($0.key, $0.value.asScriptsSee(nulls: nulls)) }))
        default: self
        }
    }
}
