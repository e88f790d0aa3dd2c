import JSON
import Testing

@testable import Simulator

@Suite("External term format (Erlang/OTP, External Term Format)")
struct ExternalTermTests {
    @Test("terms are written as erlang writes them", arguments: [
        (JSONValue.null, [115, 3, 110, 105, 108]), (true, [115, 4, 116, 114, 117, 101]), (5, [97, 5]), (256, [98, 0, 0, 1, 0]), (-1, [98, 255, 255, 255, 255]),
        (4_294_967_296, [110, 5, 0, 0, 0, 0, 0, 1]), (-4_294_967_296, [110, 5, 1, 0, 0, 0, 0, 1]), (1.5, [70, 63, 248, 0, 0, 0, 0, 0, 0]),
        ("é", [109, 0, 0, 0, 2, 0xC3, 0xA9]), ([], [106]), ([0, 1], [107, 0, 2, 0, 1]), (["a"], [108, 0, 0, 0, 1, 109, 0, 0, 0, 1, 97, 106]),
        (["a": nil], [116, 0, 0, 0, 1, 109, 0, 0, 0, 1, 97, 115, 3, 110, 105, 108]),
    ] as [(JSONValue, [UInt8])])
    func encoding(value: JSONValue, bytes: [UInt8]) throws {
        #expect(ExternalTerm.term(value) == bytes)
        #expect(try ExternalTerm.parse([131] + bytes) == value)
    }

    @Test("ids are written as integers: little-endian SMALL_BIG")
    func ids() {
        #expect(ExternalTerm.term(["id": "72057594037927936"]).suffix(11) == [110, 8, 0, 0, 0, 0, 0, 0, 0, 0, 1])
        #expect(ExternalTerm.term(["content": "72057594037927936"]).contains(109))
    }

    @Test("what Discord refuses is refused", arguments: [
        ([131, 116, 0, 0, 0, 1, 100, 0, 2, 111, 112, 97, 1], ExternalTerm.Fault.atomKey), ([131, 80, 0, 0, 0, 2, 1, 2], .compressed),
        ([130, 97, 1], .malformed), ([131], .malformed), ([131, 97], .malformed), ([131, 97, 1, 1], .malformed), ([131, 109, 255, 255, 255, 255], .malformed),
        ([131] + [UInt8](repeating: 108, count: 1), .malformed), ([131, 110, 9, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1], .malformed), ([131, 42], .malformed),
    ] as [([UInt8], ExternalTerm.Fault)])
    func refused(bytes: [UInt8], fault: ExternalTerm.Fault) {
        #expect(throws: fault) { try ExternalTerm.parse(bytes) }
    }

    @Test("nesting is bounded")
    func depth() {
        let bytes: [UInt8] = [131] + (0..<100).flatMap { _ in [108, 0, 0, 0, 1] as [UInt8] }
        #expect(throws: ExternalTerm.Fault.tooDeep) { try ExternalTerm.parse(bytes) }
    }
}
