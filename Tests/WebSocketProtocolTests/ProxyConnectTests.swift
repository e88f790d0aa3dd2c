import Testing
@testable import WebSocketProtocol

@Suite("RFC 9110 §9.3.6: a tunnel through a proxy")
struct ProxyConnectTests {
    private func outcome(_ text: String, chunk: Int = .max) throws -> (isOpen: Bool, error: HandshakeError?, rest: Int) {
        var connect = ProxyConnect(to: try WebSocketURL("wss://gateway.discord.gg/?v=10"))
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let end = start + min(chunk, bytes.count - start)
            let result = Array(bytes[start..<end]).withUnsafeBytes { piece -> (Bool, HandshakeError?, Int) in
                var input = piece
                do throws(HandshakeError) {
                    return (try connect.next(&input), nil, input.count + bytes.count - end)
                } catch {
                    return (false, error, 0)
                }
            }
            if result.0 || result.1 != nil { return result }
            start = end
        }
        return (false, connect.interrupted(), 0)
    }

    @Test("the request names host and port, and carries credentials only when given")
    func request() throws {
        let plain = ProxyConnect(to: try WebSocketURL("wss://gateway.discord.gg/?v=10"))
        #expect(String(decoding: plain.request, as: UTF8.self)
            == "CONNECT gateway.discord.gg:443 HTTP/1.1\r\nHost: gateway.discord.gg:443\r\n\r\n")
        let known = ProxyConnect(to: try WebSocketURL("ws://[::1]:8080/"), credentials: .init(user: "Aladdin", password: "open sesame"))
        #expect(String(decoding: known.request, as: UTF8.self)
            == "CONNECT [::1]:8080 HTTP/1.1\r\nHost: [::1]:8080\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n")
    }

    @Test("any 2xx opens the tunnel, and what follows is the target's", arguments: chunkSizes)
    func opened(chunk: Int) throws {
        for head in ["HTTP/1.1 200 Connection established\r\n\r\n", "HTTP/1.0 200 OK\r\nVia: x\r\n\r\n", "HTTP/1.1 204\r\nContent-Length: 5\r\n\r\n"] {
            let result = try outcome(head + "\u{16}\u{3}\u{1}", chunk: chunk)
            #expect(result.isOpen)
            #expect(result.rest == 3)
        }
    }

    @Test("another status is refused with its body, and an end inside the head is told")
    func refused() throws {
        let result = try outcome("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 4\r\n\r\nwho?")
        #expect(result.error == .refused(HTTPRefusal(
            status: 407, reason: "Proxy Authentication Required", location: nil, retryAfter: nil, bodyPrefix: "who?")))
        #expect(try outcome("HTTP/1.1 200 OK\r\n").error == .endedInHead)
        #expect(try outcome("SOCKS\r\n\r\n").error == .malformedStartLine("SOCKS"))
    }
}
