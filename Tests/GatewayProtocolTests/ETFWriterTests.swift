import GatewayProtocol
import JSON
import Testing

@Suite("External Term Format, as we write it")
struct ETFWriterTests {
    private func written(_ value: JSONValue) -> [UInt8] {
        var writer = ETFWriter()
        writer.term(value)
        return writer.bytes
    }

    @Test("the tags Discord accepts: small atoms, binaries, the smallest integer that fits, proper lists, maps with binary keys", arguments: [
        (nil, "8373036e696c"), (true, "83730474727565"), (false, "83730566616c7365"),
        (0, "836100"), (255, "8361ff"), (256, "836200000100"), (-1, "8362ffffffff"), (2_147_483_647, "83627fffffff"), (-2_147_483_648, "836280000000"),
        (2_147_483_648, "836e040000000080"), (-2_147_483_649, "836e040101000080"), (175_928_847_299_117_063, "836e0800070002c15a067102"),
        (.integer(.min), "836e08010000000000000080"), (.integer(.max), "836e0800ffffffffffffff7f"),
        (1.5, "83463ff8000000000000"), (.double(.nan), "8373036e696c"),
        ("", "836d00000000"), ("hé🌙", "836d0000000768c3a9f09f8c99"),
        ([], "836a"), ([0, 1], "836c00000002610061016a"), ([[]], "836c000000016a6a"),
        ([:], "837400000000"), (["a": 1], "8374000000016d00000001616101"),
    ] as [(JSONValue, String)])
    func bytes(value: JSONValue, bytes: String) {
        #expect(written(value) == hex(bytes))
    }

    @Test("what is written reads back as the same JSON", arguments: [
        ["op": 2, "d": ["token": "a.b.c", "shard": [0, 16], "intents": 53_608_447, "presence": nil, "x": [1.5, true, [:], []]]],
    ] as [JSONValue])
    func roundTrip(value: JSONValue) throws {
        try #expect(written(value).withUnsafeBytes { try JSONValue(parsing: ETFTranscoder.json(of: $0)) } == value)
    }
}
