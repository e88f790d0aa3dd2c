import Testing
import WebSocketProtocol

@Suite("RFC 7692 §7.1: negotiating permessage-deflate")
struct DeflateNegotiationTests {
    /// What a client that made `offers` agrees to.
    private func accepted(_ response: String, _ offers: [DeflateOffer]) throws -> HandshakeOutcome<HandshakeAgreement> {
        var handshake = try HandshakePeer.client { $0.deflateOffers = offers }
        return handshake.receive(HandshakePeer.response(adding: ["Sec-WebSocket-Extensions: \(response)"]))
    }

    /// What a server makes of a client's extensions.
    private func offers(_ text: String) -> [DeflateOffer]? {
        var handshake = ServerHandshake()
        let request = "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: \(HandshakePeer.key)\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: \(text)\r\n\r\n"
        return handshake.receive(Array(request.utf8)).value?.deflateOffers
    }

    @Test("§7.1 responses that a client accepts")
    func responses() throws {
        let any = DeflateOffer()
        let cases: [(String, [DeflateOffer], DeflateParameters)] = [
            ("permessage-deflate", [any], DeflateParameters()),
            ("permessage-deflate; server_no_context_takeover", [any], DeflateParameters(serverForgetsContext: true)),
            ("permessage-deflate; client_no_context_takeover", [any], DeflateParameters(clientForgetsContext: true)),
            ("permessage-deflate; client_max_window_bits=8; server_max_window_bits=9", [any],
             DeflateParameters(serverWindowBits: 9, clientWindowBits: 8)),
            ("permessage-deflate; server_max_window_bits=\"10\"", [any], DeflateParameters(serverWindowBits: 10)),
            ("permessage-deflate", [DeflateOffer(clientForgetsContext: true)], DeflateParameters(clientForgetsContext: true)),
            ("permessage-deflate", [DeflateOffer(clientWindow: .bits(10))], DeflateParameters(clientWindowBits: 10)),
            ("permessage-deflate; client_max_window_bits=12", [DeflateOffer(clientWindow: .bits(10))], DeflateParameters(clientWindowBits: 10)),
            ("permessage-deflate; server_max_window_bits=9", [DeflateOffer(serverWindowBits: 10)], DeflateParameters(serverWindowBits: 9)),
            // The first offer is not met, the second is.
            ("permessage-deflate", [DeflateOffer(serverForgetsContext: true), any], DeflateParameters()),
        ]
        for (response, offers, parameters) in cases {
            let outcome = try accepted(response, offers)
            #expect(outcome.value?.deflate == parameters, "\(response): \(outcome)")
        }
    }

    @Test("§7.1 responses that fail the connection", arguments: [
        ("permessage-deflate; client_max_window_bits", DeflateOffer()),
        ("permessage-deflate; client_max_window_bits=7", DeflateOffer()),
        ("permessage-deflate; client_max_window_bits=16", DeflateOffer()),
        ("permessage-deflate; client_max_window_bits=010", DeflateOffer()),
        ("permessage-deflate; server_max_window_bits", DeflateOffer()),
        ("permessage-deflate; server_max_window_bits=+9", DeflateOffer()),
        ("permessage-deflate; server_no_context_takeover=1", DeflateOffer()),
        ("permessage-deflate; server_no_context_takeover; server_no_context_takeover", DeflateOffer()),
        ("permessage-deflate; other", DeflateOffer()),
        ("permessage-deflate", DeflateOffer(serverForgetsContext: true)),
        ("permessage-deflate", DeflateOffer(serverWindowBits: 10)),
        ("permessage-deflate; server_max_window_bits=11", DeflateOffer(serverWindowBits: 10)),
        ("permessage-deflate; client_max_window_bits=10", DeflateOffer(clientWindow: .unlimited)),
    ])
    func badResponses(response: String, offer: DeflateOffer) throws {
        #expect(try accepted(response, [offer]).error == .invalidExtensionParameters(response))
    }

    @Test("§9.1 an extension accepted twice, or malformed, fails the connection")
    func repeated() throws {
        #expect(try accepted("permessage-deflate, permessage-deflate", [DeflateOffer()]).error == .unrequestedExtension("permessage-deflate"))
        #expect(try accepted("permessage-deflate; =1", [DeflateOffer()]).error == .unrequestedExtension("permessage-deflate; =1"))
        #expect(try accepted("permessage-deflate; a=\"b c\"", [DeflateOffer()]).error == .unrequestedExtension("permessage-deflate; a=\"b c\""))
    }

    @Test("§7.1 a server reads the offers in order and passes over those that break the rules")
    func clientOffers() {
        #expect(offers("permessage-deflate") == [DeflateOffer(clientWindow: .unlimited)])
        #expect(offers("permessage-deflate; client_max_window_bits; server_max_window_bits=10, permessage-deflate; client_max_window_bits=\"9\"")
            == [DeflateOffer(serverWindowBits: 10), DeflateOffer(clientWindow: .bits(9))])
        #expect(offers("bbf-usp-protocol; q=\"a,b;c\", foo, permessage-deflate; unknown, permessage-deflate; server_no_context_takeover")
            == [DeflateOffer(serverForgetsContext: true, clientWindow: .unlimited)])
        #expect(offers("permessage-deflate; server_max_window_bits=7, permessage-deflate; server_max_window_bits") == [])
    }
}
