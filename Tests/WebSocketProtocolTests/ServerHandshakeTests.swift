import Testing
import WebSocketProtocol

@Suite("RFC 6455 §4.2: the server's opening handshake")
struct ServerHandshakeTests {
    /// The request of §1.3, line by line; a `nil` replacement removes a line.
    private func request(replacing name: String = "", with line: String? = nil, adding: [String] = []) -> [UInt8] {
        let lines = [
            "GET /chat HTTP/1.1", "Host: server.example.com", "Upgrade: websocket", "Connection: keep-alive, Upgrade",
            "Sec-WebSocket-Key: \(HandshakePeer.key)", "Origin: http://example.com", "Sec-WebSocket-Protocol: chat, superchat",
            "Sec-WebSocket-Version: 13",
        ]
        let changed = lines.compactMap { $0.hasPrefix(name) && !name.isEmpty ? line : $0 }
        return Array((changed + adding + ["", ""]).joined(separator: "\r\n").utf8)
    }

    private func outcome(_ bytes: [UInt8], chunk: Int = .max) -> HandshakeOutcome<UpgradeRequest> {
        var handshake = ServerHandshake()
        return handshake.receive(bytes, chunk: chunk)
    }

    @Test("§1.3 the request of the RFC and the response to it", arguments: chunkSizes)
    func accepted(chunk: Int) throws {
        guard case .done(let request, let rest) = outcome(request() + [0x81, 0x80], chunk: chunk) else {
            Issue.record("not accepted")
            return
        }
        #expect(rest == [0x81, 0x80])
        #expect(request.target == "/chat")
        #expect(request.host == "server.example.com")
        #expect(request.origin == "http://example.com")
        #expect(request.subprotocols == ["chat", "superchat"])
        #expect(request.deflateOffers == [])
        let response = String(decoding: try request.acceptance(subprotocol: "chat", fields: [HeaderField("X-A", "b")]), as: UTF8.self)
        #expect(response == """
            HTTP/1.1 101 Switching Protocols\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
            Sec-WebSocket-Protocol: chat\r
            X-A: b\r
            \r\n
            """)
        #expect(throws: HandshakeError.unrequestedSubprotocol("other")) { try request.acceptance(subprotocol: "other") }
        #expect(throws: HandshakeError.invalidField(name: "X")) { try request.acceptance(fields: [HeaderField("X", "a\r\nb")]) }
    }

    @Test("§4.2.1 what is missing or wrong is named, and answered with the right status")
    func refused() {
        let cases: [(String, String?, HandshakeError, Int)] = [
            ("GET", "POST /chat HTTP/1.1", .methodNotGet("POST"), 405),
            ("GET", "GET /chat HTTP/1.0", .malformedStartLine("GET /chat HTTP/1.0"), 400),
            ("GET", "GET chat HTTP/1.1", .malformedStartLine("GET chat HTTP/1.1"), 400),
            ("GET", "GET /a b HTTP/1.1", .malformedStartLine("GET /a b HTTP/1.1"), 400),
            ("Host", nil, .hostMissing, 400), ("Host", "Host:", .hostMissing, 400),
            ("Upgrade", nil, .upgradeMissing, 426), ("Upgrade", "Upgrade: h2c", .upgradeMissing, 426),
            ("Connection", nil, .connectionMissing, 400),
            ("Sec-WebSocket-Key", nil, .invalidKey, 400), ("Sec-WebSocket-Key", "Sec-WebSocket-Key: c2hvcnQ=", .invalidKey, 400),
            ("Sec-WebSocket-Key", "Sec-WebSocket-Key: not base 64 at all!!!!==", .invalidKey, 400),
            ("Sec-WebSocket-Version", nil, .unsupportedVersion(""), 426),
            ("Sec-WebSocket-Version", "Sec-WebSocket-Version: 8", .unsupportedVersion("8"), 426),
        ]
        for (name, line, error, status) in cases {
            #expect(outcome(request(replacing: name, with: line)).error == error)
            #expect(String(decoding: ServerHandshake.rejection(error), as: UTF8.self).hasPrefix("HTTP/1.1 \(status) "))
        }
        for name in ["Host: x", "Sec-WebSocket-Key: \(HandshakePeer.key)", "Sec-WebSocket-Version: 13"] {
            let field = String(name.prefix { $0 != ":" })
            #expect(outcome(request(adding: [name])).error == .repeatedField(field))
        }
    }

    @Test("§4.4 the answer to another version names ours")
    func versions() {
        let response = String(decoding: ServerHandshake.rejection(.unsupportedVersion("8")), as: UTF8.self)
        #expect(response == "HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    }

    @Test("our client and our server agree with each other, compressed or not")
    func bothEnds() throws {
        for offers in [[], [DeflateOffer()], [DeflateOffer(serverForgetsContext: true, serverWindowBits: 9, clientWindow: .bits(10))]] {
            var client = try HandshakePeer.client {
                $0.deflateOffers = offers
                $0.subprotocols = ["a", "b"]
            }
            guard let request = outcome(client.request).value else {
                Issue.record("request refused")
                return
            }
            #expect(request.deflateOffers == offers)
            let response = try request.acceptance(subprotocol: "b", deflate: request.preferredDeflate)
            let agreement = client.receive(response).value
            #expect(agreement?.subprotocol == "b")
            #expect(agreement?.deflate == request.preferredDeflate)
            #expect((agreement?.deflate == nil) == offers.isEmpty)
        }
    }
}
