import Discord
import JSON

/// Erlang's external term format as Discord uses it (Erlang/OTP, External Term Format; tags as in discord/erlpack).
/// Written apart from Moonwire's own codec, so that each checks the other.
enum ExternalTerm {
    /// Why bytes from a client are no payload.
    enum Fault: Error, Equatable { case malformed, atomKey, compressed, tooDeep }

    private enum Tag {
        static let version: UInt8 = 131
        static let newFloat: UInt8 = 70
        static let compressed: UInt8 = 80
        static let smallInteger: UInt8 = 97
        static let integer: UInt8 = 98
        static let atom: UInt8 = 100
        static let emptyList: UInt8 = 106
        static let string: UInt8 = 107
        static let list: UInt8 = 108
        static let binary: UInt8 = 109
        static let smallBig: UInt8 = 110
        static let smallAtom: UInt8 = 115
        static let map: UInt8 = 116
    }

    /// A whole payload: the version byte and a map with binary keys whose values are terms already.
    static func map(_ members: [(String, [UInt8])]) -> [UInt8] {
        var bytes: [UInt8] = [Tag.version, Tag.map]
        bytes.append(bigEndian: UInt32(members.count))
        for (key, value) in members { bytes += binary(key) + value }
        return bytes
    }

    /// A value as a term without the version byte. Ids are written as integers, as Discord does in some places.
    static func term(_ value: JSONValue, isID: Bool = false) -> [UInt8] {
        switch value {
        case .null: return atom("nil")
        case .bool(let flag): return atom(flag ? "true" : "false")
        case .integer(let number): return integer(number)
        case .double(let number):
            var bytes = [Tag.newFloat]
            bytes.append(bigEndian: number.bitPattern)
            return bytes
        case .string(let text):
            if isID, let id = Snowflake(text) { return big(id.rawValue, isNegative: false) }
            return binary(text)
        case .array(let elements):
            if elements.isEmpty { return [Tag.emptyList] }
            // Erlang writes a list of small integers as STRING.
            let bytes = elements.compactMap { element in element.integerValue.flatMap { UInt8(exactly: $0) } }
            if bytes.count == elements.count, bytes.count < 65_536 {
                return [Tag.string, UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] + bytes
            }
            var list = [Tag.list]
            list.append(bigEndian: UInt32(elements.count))
            for element in elements { list += term(element) }
            return list + [Tag.emptyList]
        case .object(let object):
            var map = [Tag.map]
            map.append(bigEndian: UInt32(object.members.count))
            for (key, value) in object.members { map += binary(key) + term(value, isID: key == "id" || key.hasSuffix("_id")) }
            return map
        }
    }

    static func binary(_ text: String) -> [UInt8] {
        var bytes = [Tag.binary]
        bytes.append(bigEndian: UInt32(text.utf8.count))
        return bytes + text.utf8
    }

    static func integer(_ number: Int64) -> [UInt8] {
        if let small = UInt8(exactly: number) { return [Tag.smallInteger, small] }
        if let middle = Int32(exactly: number) {
            var bytes = [Tag.integer]
            bytes.append(bigEndian: UInt32(bitPattern: middle))
            return bytes
        }
        return big(number.magnitude, isNegative: number < 0)
    }

    private static func atom(_ name: String) -> [UInt8] { [Tag.smallAtom, UInt8(name.utf8.count)] + name.utf8 }

    private static func big(_ magnitude: UInt64, isNegative: Bool) -> [UInt8] {
        var digits: [UInt8] = []
        var rest = magnitude
        while rest > 0 {
            digits.append(UInt8(rest & 255))
            rest >>= 8
        }
        return [Tag.smallBig, UInt8(digits.count), isNegative ? 1 : 0] + digits
    }

    /// Parses what a client sent. Atom keys are refused, as Discord refuses them.
    static func parse(_ bytes: [UInt8]) throws(Fault) -> JSONValue {
        var input = bytes[...]
        guard input.popFirst() == Tag.version else { throw .malformed }
        let value = try parseTerm(&input, depth: 0)
        guard input.isEmpty else { throw .malformed }
        return value
    }

    private static func parseTerm(_ input: inout ArraySlice<UInt8>, depth: Int) throws(Fault) -> JSONValue {
        guard depth < 64 else { throw .tooDeep }
        switch try take(1, &input)[0] {
        case Tag.smallInteger: return .integer(Int64(try take(1, &input)[0]))
        case Tag.integer: return .integer(Int64(Int32(truncatingIfNeeded: try number(4, &input))))
        case Tag.newFloat: return .double(Double(bitPattern: try number(8, &input)))
        case Tag.atom: return atomValue(try take(Int(try number(2, &input)), &input))
        case Tag.smallAtom: return atomValue(try take(Int(try number(1, &input)), &input))
        case Tag.binary: return .string(String(decoding: try take(Int(try number(4, &input)), &input), as: UTF8.self))
        case Tag.emptyList: return []
        case Tag.string: return .array(try take(Int(try number(2, &input)), &input).map { .integer(Int64($0)) })
        case Tag.smallBig:
            let count = Int(try number(1, &input))
            let sign = try number(1, &input)
            guard count <= 8 else { throw .malformed }
            let magnitude = try take(count, &input).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            if let value = Int64(exactly: magnitude) { return .integer(sign == 0 ? value : -value) }
            return .string((sign == 0 ? "" : "-") + String(magnitude))
        case Tag.list:
            var elements: [JSONValue] = []
            for _ in 0..<(try number(4, &input)) { elements.append(try parseTerm(&input, depth: depth + 1)) }
            guard try take(1, &input)[0] == Tag.emptyList else { throw .malformed }
            return .array(elements)
        case Tag.map:
            var object = JSONObject()
            for _ in 0..<(try number(4, &input)) {
                if let tag = input.first, tag == Tag.atom || tag == Tag.smallAtom { throw .atomKey }
                guard case .string(let key) = try parseTerm(&input, depth: depth + 1) else { throw .malformed }
                object[key] = try parseTerm(&input, depth: depth + 1)
            }
            return .object(object)
        case Tag.compressed: throw .compressed
        default: throw .malformed
        }
    }

    private static func atomValue(_ name: ArraySlice<UInt8>) -> JSONValue {
        switch String(decoding: name, as: UTF8.self) {
        case "nil", "null": .null
        case "true": true
        case "false": false
        case let other: .string(other)
        }
    }

    private static func take(_ count: Int, _ input: inout ArraySlice<UInt8>) throws(Fault) -> ArraySlice<UInt8> {
        guard count <= input.count else { throw .malformed }
        defer { input = input.dropFirst(count) }
        // Indices start anew so that callers can subscript from 0.
        return ArraySlice(Array(input.prefix(count)))
    }

    private static func number(_ count: Int, _ input: inout ArraySlice<UInt8>) throws(Fault) -> UInt64 {
        try take(count, &input).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }
}
