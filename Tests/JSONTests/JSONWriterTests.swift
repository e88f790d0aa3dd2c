import JSON
import Testing

@Suite("JSON writer")
struct JSONWriterTests {
    private func written(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test("commas and colons stand where RFC 8259 §4 and §5 want them")
    func structure() {
        let text = written { writer in
            writer.beginObject()
            writer.key("a")
            writer.beginArray()
            writer.integer(1)
            writer.beginArray()
            writer.endArray()
            writer.beginObject()
            writer.endObject()
            writer.null()
            writer.endArray()
            writer.key("b")
            writer.boolean(true)
            writer.key("c")
            writer.raw(Array(#"{"as":"is"}"#.utf8))
            writer.key("d")
            writer.string("x")
            writer.endObject()
        }
        #expect(text == #"{"a":[1,[],{},null],"b":true,"c":{"as":"is"},"d":"x"}"#)
    }

    @Test("§7 escapes what must be escaped and nothing else")
    func escapes() {
        #expect(written { $0.string("\u{0}\u{1}\u{8}\t\n\u{B}\u{C}\r\u{1F} \"\\/\u{7F}é\u{2028}🌙") }
            == #""\u0000\u0001\b\t\n\u000b\f\r\u001f \"\\/"# + "\u{7F}é\u{2028}🌙\"")
        #expect(written { $0.key("a\"b") } == #""a\"b":"#)
    }

    @Test("integers of every width")
    func integers() {
        #expect(written { $0.integer(Int64.min) } == "-9223372036854775808")
        #expect(written { $0.integer(UInt64.max) } == "18446744073709551615")
    }

    @Test("doubles are the shortest that read back; what JSON cannot say is null", arguments: [
        (0.1, "0.1"), (1, "1.0"), (-0.0, "-0.0"), (1e16, "1e+16"), (.leastNonzeroMagnitude, "5e-324"), (.nan, "null"), (.infinity, "null"), (-.infinity, "null"),
    ] as [(Double, String)])
    func doubles(value: Double, text: String) {
        #expect(written { $0.double(value) } == text)
    }

    @Test("appends after what is there")
    func appending() {
        var writer = JSONWriter(appendingTo: [0x20])
        writer.beginArray()
        writer.endArray()
        #expect(writer.bytes == Array(" []".utf8))
    }
}
