import Testing
@testable import WebSocketProtocol

@Suite("RFC 6455 §4.1: the client's opening handshake")
struct ClientHandshakeTests {
    private func outcome(
        _ response: [UInt8], chunk: Int = .max, _ change: (inout HandshakeRequest) -> Void = { _ in }
    ) throws -> HandshakeOutcome<HandshakeAgreement> {
        var handshake = try HandshakePeer.client(change)
        return handshake.receive(response, chunk: chunk)
    }

    // MARK: The request

    @Test("§1.3 the request, with subprotocols, Origin, offers and fields of the caller's")
    func request() throws {
        let plain = try HandshakePeer.client().request
        #expect(String(decoding: plain, as: UTF8.self) == """
            GET /chat HTTP/1.1\r
            Host: server.example.com\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            Sec-WebSocket-Version: 13\r
            \r\n
            """)
        let full = try HandshakePeer.client {
            $0.subprotocols = ["chat", "superchat"]
            $0.origin = "http://example.com"
            $0.fields = [HeaderField("User-Agent", "test")]
            $0.deflateOffers = [
                DeflateOffer(serverForgetsContext: true, clientForgetsContext: true, serverWindowBits: 10, clientWindow: .bits(12)),
                DeflateOffer(), DeflateOffer(clientWindow: .unlimited),
            ]
        }.request
        let text = String(decoding: full, as: UTF8.self)
        #expect(text.contains("\r\nOrigin: http://example.com\r\nSec-WebSocket-Protocol: chat, superchat\r\n"))
        #expect(text.contains("\r\nSec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=12, permessage-deflate; client_max_window_bits, permessage-deflate\r\n"))
        #expect(text.hasSuffix("\r\nUser-Agent: test\r\n\r\n"))
    }

    @Test("the port is in Host only when it is not the scheme's own; IPv6 keeps its brackets")
    func host() throws {
        for (url, host) in [
            ("ws://h:80/", "h"), ("ws://h:443/", "h:443"), ("wss://h:443", "h"), ("wss://[::1]:8443/x?y=1", "[::1]:8443"),
        ] {
            let handshake = try ClientHandshake(HandshakeRequest(url: try WebSocketURL(url)))
            #expect(String(decoding: handshake.request, as: UTF8.self).contains("\r\nHost: \(host)\r\n"))
        }
    }

    @Test("two handshakes have different keys")
    func keysDiffer() throws {
        let request = HandshakeRequest(url: try WebSocketURL("ws://h/"))
        let first = try ClientHandshake(request)
        let second = try ClientHandshake(request)
        #expect(first.request != second.request)
    }

    @Test("a field that would break the head, or that the handshake writes itself, is refused", arguments: [
        ("X-A", "b\r\nX-B: c"), ("X-A", "b\nc"), ("X A", "b"), ("", "b"), ("X-A:", "b"), ("Host", "other"), ("sec-websocket-KEY", "x"),
        ("X-A", "\u{0}"), ("Content-Length", "5"),
    ])
    func badFields(name: String, value: String) {
        #expect(throws: HandshakeError.invalidField(name: name)) {
            _ = try HandshakePeer.client { $0.fields = [HeaderField(name, value)] }
        }
    }

    @Test("a subprotocol must be a token and stand once; an origin must be one line")
    func badSubprotocols() {
        for names in [["a b"], [""], ["a,b"], ["a", "a"]] {
            #expect(throws: HandshakeError.invalidSubprotocol(names.last ?? "")) { _ = try HandshakePeer.client { $0.subprotocols = names } }
        }
        #expect(throws: HandshakeError.invalidField(name: "Origin")) { _ = try HandshakePeer.client { $0.origin = "a\r\nb" } }
    }

    // MARK: The response

    @Test("§1.3 the right accept opens the connection, and the first frames stay in the input", arguments: chunkSizes)
    func accepted(chunk: Int) throws {
        let frames: [UInt8] = [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]
        guard case .done(let agreement, let rest) = try outcome(HandshakePeer.response() + frames, chunk: chunk) else {
            Issue.record("not accepted")
            return
        }
        #expect(agreement.subprotocol == nil)
        #expect(agreement.deflate == nil)
        #expect(rest == frames)
    }

    @Test("§4.1 names and tokens are compared without regard to case, in lists and with blanks")
    func tolerantForms() throws {
        let fields = ["upgrade:WebSocket", "CONNECTION:\t keep-alive , UPGRADE \t", "sec-websocket-ACCEPT:   \(HandshakePeer.accept)  "]
        #expect(try outcome(HandshakePeer.response("HTTP/1.1 101", fields: fields)).value != nil)
        #expect(try outcome(HandshakePeer.response("HTTP/1.1 101 ", fields: fields)).value != nil)
        let early = HandshakePeer.response("HTTP/1.1 103 Early Hints", fields: ["Link: </a>"]) + HandshakePeer.response()
        #expect(try outcome(early, chunk: 1).value != nil)
    }

    @Test("§4.1 what is missing or wrong fails the connection, with its name", arguments: [
        (["Connection: Upgrade", "Sec-WebSocket-Accept: \(HandshakePeer.accept)"], .upgradeMissing),
        (["Upgrade: h2c", "Connection: Upgrade", "Sec-WebSocket-Accept: \(HandshakePeer.accept)"], .upgradeMissing),
        (["Upgrade: websocket", "Sec-WebSocket-Accept: \(HandshakePeer.accept)"], .connectionMissing),
        (["Upgrade: websocket", "Connection: close", "Sec-WebSocket-Accept: \(HandshakePeer.accept)"], .connectionMissing),
        (["Upgrade: websocket", "Connection: Upgrade"], .acceptMissing),
        (["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept:"], .acceptMismatch),
        (["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo="], .acceptMismatch),
        (["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: \(HandshakePeer.accept)", "Sec-WebSocket-Accept: \(HandshakePeer.accept)"],
         .repeatedField("Sec-WebSocket-Accept")),
    ] as [([String], HandshakeError)])
    func refusedFields(fields: [String], error: HandshakeError) throws {
        #expect(try outcome(HandshakePeer.response(fields: fields)).error == error)
    }

    @Test("§4.1 a subprotocol that was not asked for, or two of them, fail the connection")
    func subprotocols() throws {
        let chat = HandshakePeer.response(adding: ["Sec-WebSocket-Protocol: chat"])
        #expect(try outcome(chat).error == .unrequestedSubprotocol("chat"))
        #expect(try outcome(chat) { $0.subprotocols = ["other"] }.error == .unrequestedSubprotocol("chat"))
        #expect(try outcome(chat) { $0.subprotocols = ["other", "chat"] }.value?.subprotocol == "chat")
        let two = HandshakePeer.response(adding: ["Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: b"])
        #expect(try outcome(two) { $0.subprotocols = ["a", "b"] }.error == .repeatedField("Sec-WebSocket-Protocol"))
        #expect(try outcome(HandshakePeer.response()) { $0.subprotocols = ["a"] }.value?.subprotocol == .some(nil))
    }

    @Test("§9.1 an extension that was not offered fails the connection", arguments: ["permessage-deflate", "x-webkit-deflate-frame", "; ;"])
    func extensions(text: String) throws {
        let response = HandshakePeer.response(adding: ["Sec-WebSocket-Extensions: \(text)"])
        #expect(try outcome(response).error == .unrequestedExtension(text))
    }

    // MARK: Other statuses

    @Test("a redirect is an error that names its target, and is not followed", arguments: chunkSizes)
    func redirect(chunk: Int) throws {
        let response = HandshakePeer.response("HTTP/1.1 302 Found", fields: ["Location: wss://elsewhere/", "Content-Length: 0"])
        guard case .refused(let refusal)? = try outcome(response, chunk: chunk).error else {
            Issue.record("not refused")
            return
        }
        #expect(refusal == HTTPRefusal(status: 302, reason: "Found", location: "wss://elsewhere/", retryAfter: nil, bodyPrefix: ""))
        #expect(refusal.description == "HTTP 302 Found, Location: wss://elsewhere/")
    }

    @Test("an error's body is shown from its beginning, by length, by chunk or by the end of the stream", arguments: chunkSizes)
    func errorBody(chunk: Int) throws {
        let body = Array("{\"message\": \"429: slow down\"}".utf8)
        let byLength = HandshakePeer.response("HTTP/1.1 429 Too Many Requests", fields: ["Content-Length: \(body.count)", "Retry-After: 7"])
        let expected = HTTPRefusal(
            status: 429, reason: "Too Many Requests", location: nil, retryAfter: "7", bodyPrefix: String(decoding: body, as: UTF8.self))
        #expect(try outcome(byLength + body + [1, 2, 3], chunk: chunk).error == .refused(expected))

        let chunked = HandshakePeer.response("HTTP/1.1 429 Too Many Requests", fields: ["Transfer-Encoding: chunked", "Retry-After: 7"])
        let chunkBytes = Array("\(String(body.count, radix: 16))\r\n".utf8) + body + Array("\r\n0\r\n\r\n".utf8)
        #expect(try outcome(chunked + chunkBytes, chunk: chunk).error == .refused(expected))

        let byEnd = HandshakePeer.response("HTTP/1.1 429 Too Many Requests", fields: ["Retry-After: 7"])
        guard case .waiting(let interrupted) = try outcome(byEnd + body, chunk: chunk) else {
            Issue.record("did not wait for the end")
            return
        }
        #expect(interrupted == .refused(expected))
    }

    @Test("an endless error body is cut at its limit")
    func longBody() throws {
        let head = HandshakePeer.response("HTTP/1.1 500 Oops", fields: ["Content-Length: 18446744073709551615"])
        guard case .refused(let refusal)? = try outcome(head + [UInt8](repeating: 0x78, count: 5000)).error else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.bodyPrefix.utf8.count == HTTPRefusal.bodyLimit)
    }

    @Test("not HTTP/1.1, or cut short", arguments: ["HTTP/2 101 x", "HTTP/1.0 101 x", "HTTP/1.1 1O1 x", "SSH-2.0-OpenSSH", "HTTP/1.1 -12", "HTTP/1.1 0101 x"])
    func startLines(line: String) throws {
        #expect(try outcome(HandshakePeer.response(line)).error == .malformedStartLine(line))
        guard case .waiting(.endedInHead) = try outcome(Array(HandshakePeer.response().dropLast())) else {
            Issue.record("did not wait for the last byte")
            return
        }
    }
}
