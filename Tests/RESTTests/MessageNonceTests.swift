import Discord
import JSON
import Testing

@testable import REST

@Suite("Create Message: nonce and enforce_nonce") struct MessageNonceTests {
    @Test("added in front of what is there", arguments: [#"{}"#, #" { } "#, #"{"content":"hi"}"#, #"{"embeds":[{"nonce":1}],"content":"{"}"#])
    func adds(message: String) throws {
        let before = try JSONValue(parsing: message)
        let after = try JSONValue(parsing: #require(MessageNonce.adding(to: Array(message.utf8))))
        let nonce = try #require(after["nonce"]?.stringValue)
        #expect((1...25).contains(nonce.utf8.count))
        #expect(after["enforce_nonce"] == .bool(true))
        for (key, value) in before.objectValue?.members ?? [] { #expect(after[key] == value) }
    }

    @Test("never the same twice")
    func fresh() throws {
        let nonces = try (0..<1000).map { _ in try JSONValue(parsing: #require(MessageNonce.adding(to: Array("{}".utf8))))["nonce"]?.stringValue }
        #expect(Set(nonces).count == 1000)
    }

    @Test("a script's own nonce is left alone, and the request is then sent once only", arguments: [#"{"nonce":"mine"}"#, #"{"a":1,"nonce":null}"#, #"{"enforce_nonce":true}"#])
    func own(message: String) {
        #expect(MessageNonce.adding(to: Array(message.utf8)) == nil)
        let request = RESTRequest.createMessage(in: .init(rawValue: 1), Array(message.utf8))
        #expect(request.replay == .unlessWritten)
        #expect(RESTRequest.createMessage(in: .init(rawValue: 1), Array("{}".utf8)).replay == .always)
    }

    @Test("what is no object is left for Discord to refuse", arguments: ["", "[]", "{", #"{"a":}"#, "x{}"])
    func invalid(message: String) {
        #expect(MessageNonce.adding(to: Array(message.utf8)) == nil)
    }
}
