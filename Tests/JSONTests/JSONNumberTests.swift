import JSON
import Testing

@Suite("RFC 8259 §6 numbers")
struct JSONNumberTests {
    @Test("integers over the whole range of 64 bits", arguments: [
        ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("9007199254740993", 9_007_199_254_740_993),
        ("9223372036854775807", .max), ("-9223372036854775808", .min),
    ] as [(String, Int64)])
    func integers(text: String, value: Int64) throws {
        try #expect(reading(text) { try $0.readInteger() } == value)
        try #expect(reading(text + ",") { try $0.readInteger() } == value)
    }

    @Test("a number that is no 64-bit integer is out of range", arguments: [
        "9223372036854775808", "-9223372036854775809", "18446744073709551616", "1.0", "1e2", "99999999999999999999999999",
    ])
    func notIntegers(text: String) {
        #expect(throws: JSONError(.numberOutOfRange, at: 1)) { try reading(" " + text) { try $0.readInteger() } }
    }

    @Test("doubles are correctly rounded", arguments: [
        "0", "-0", "1", "0.1", "-2.5", "1e0", "1E+2", "1e-2", "123456789012345678", "9007199254740993", "0.3", "2.2250738585072014e-308",
        "5e-324", "1.7976931348623157e308", "4.35", "1e22", "1e23", "8.5e22", "0.000001", "1.0000000000000002", "0e999", "1e-999",
        "89255e-22", "9007199254740993e1", "12345678901234567890", "3.14159265358979323846264338327950288",
    ])
    func doubles(text: String) throws {
        let value = try reading(text) { try $0.readDouble() }
        #expect(value.bitPattern == Double(text)?.bitPattern)
    }

    @Test("a number beyond the doubles is out of range", arguments: ["1e309", "-1e400", "1e99999999999999999999"])
    func infinite(text: String) {
        #expect(throws: JSONError(.numberOutOfRange, at: 0)) { try reading(text) { try $0.readDouble() } }
    }

    @Test("what the grammar does not allow", arguments: [
        ("01", JSONError.Kind.invalidNumber, 1), ("-01", .invalidNumber, 2), ("1.", .unexpectedEnd, 2), ("1.x", .invalidNumber, 2),
        ("-", .unexpectedEnd, 1), ("-x", .invalidNumber, 1), ("1e", .unexpectedEnd, 2), ("1e+", .unexpectedEnd, 3),
        ("1ex", .invalidNumber, 2), ("1.e1", .invalidNumber, 2), ("-.5", .invalidNumber, 1),
    ])
    func malformed(text: String, kind: JSONError.Kind, offset: Int) {
        #expect(throws: JSONError(kind, at: offset)) { try reading(text) { try $0.readDouble() } }
    }

    @Test("no number begins with a plus or a point, and none is called NaN", arguments: ["+1", ".5", "NaN", "Infinity"])
    func noNumber(text: String) throws {
        let first = try #require(text.utf8.first)
        #expect(throws: JSONError(.unexpectedByte(first), at: 0)) { try reading(text) { try $0.readDouble() } }
    }
}
