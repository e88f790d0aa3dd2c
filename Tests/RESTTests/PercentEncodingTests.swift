import Testing

@testable import REST

@Suite("RFC 3986 §2 percent-encoding") struct PercentEncodingTests {
    @Test(
        "everything but the unreserved characters is encoded as UTF-8",
        arguments: [("abcXYZ019-._~", "abcXYZ019-._~"), ("a b", "a%20b"), ("ä", "%C3%A4"), ("%", "%25"), ("\r\n", "%0D%0A"), ("", "")])
    func encode(text: String, encoded: String) {
        #expect(PercentEncoding.encode(text) == encoded)
        #expect(PercentEncoding.decode(encoded) == text)
    }

    @Test("decoding keeps what is not well-formed", arguments: [("%", "%"), ("%4", "%4"), ("%zz", "%zz"), ("a%41", "aA"), ("%e2%82%ac", "€")])
    func decode(text: String, decoded: String) {
        #expect(PercentEncoding.decode(text) == decoded)
    }
}
