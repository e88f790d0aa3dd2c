import Gateway
import Testing
import WebSocketProtocol

@Suite("What people read about connections is one line each") struct ConnectionFailureTests {
    @Test("a refusal shows status, what the server said, and the remedy") func refusal() throws {
        let body = "<html>\r\n\t<b>no\u{1B}[31m</b>\n</html>"
        let response = Array("HTTP/1.1 403 Forbidden\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
        var handshake = try ClientHandshake(HandshakeRequest(url: try WebSocketURL("ws://gw")))
        var text = ""
        response.withUnsafeBytes { bytes in
            var input = bytes
            do throws(HandshakeError) { _ = try handshake.next(&input) } catch {
                text = "\(ConnectionFailure.upgrade(host: "gw", error))"
            }
        }
        #expect(text == "gw accepts no WebSocket: HTTP 403 Forbidden: <html> <b>no [31m</b> </html>; check gateway_url")
    }

    @Test("every fault of a handshake reads as words", arguments: [
        .invalidField(name: "x"), .invalidSubprotocol("x"), .head(.tooLong(limit: 1)), .head(.foldedField(line: 2)),
        .malformedStartLine("SSH-2.0"), .endedInHead, .upgradeMissing, .connectionMissing, .acceptMissing, .acceptMismatch,
        .repeatedField("x"), .unrequestedSubprotocol("x"), .unrequestedExtension("x"), .invalidExtensionParameters("x"),
    ] as [HandshakeError])
    func words(error: HandshakeError) {
        let text = "\(ConnectionFailure.proxy(host: "p", error))"
        #expect(text.hasPrefix("the proxy p opens no tunnel: ") && text.hasSuffix("; check HTTPS_PROXY and NO_PROXY"))
        #expect(!text.contains("(") && !text.contains("\n"), "no Swift syntax")
    }

    @Test("a close reason cannot write lines of its own") func reason() {
        #expect(
            "\(ConnectionClosure.closed(CloseCode(rawValue: 4000), reason: "a\nERROR b\u{202E}"))" == "closed with 4000: a ERROR b ")
    }
}
