/// The server's side of the opening handshake (RFC 6455 §4.2): feed the request to `next`, then send `acceptance` of what it returns.
package struct ServerHandshake: ~Copyable {
    private var parser = HTTPHeadParser()

    package init() {}

    /// Reads the request from the front of `input`, cut anywhere; `nil` while more bytes are needed. Bytes after the head stay in `input`.
    /// - Throws: What is wrong with the request; `rejection` says it to the client.
    package mutating func next(_ input: inout UnsafeRawBufferPointer) throws(HandshakeError) -> UpgradeRequest? {
        let complete: HTTPHead?
        do throws(HTTPHeadError) { complete = try parser.next(&input) } catch { throw .head(error) }
        guard let head = complete else { return nil }

        let line = head.startLine.split(separator: " ", omittingEmptySubsequences: false)
        guard line.count == 3, line[2] == "HTTP/1.1", line[1].hasPrefix("/") else { throw .malformedStartLine(head.startLine) }
        guard line[0] == "GET" else { throw .methodNotGet(String(line[0])) }
        guard let host = try head.single("Host"), !host.isEmpty else { throw .hostMissing }
        guard head.contains("websocket", in: "Upgrade") else { throw .upgradeMissing }
        guard head.contains("upgrade", in: "Connection") else { throw .connectionMissing }
        let version = try head.single("Sec-WebSocket-Version") ?? ""
        guard version == "13" else { throw .unsupportedVersion(version) }
        guard let key = try head.single("Sec-WebSocket-Key").flatMap(HandshakeKey.init) else { throw .invalidKey }
        return UpgradeRequest(
            target: String(line[1]), host: host, origin: head.values("Origin").first,
            subprotocols: head.elements("Sec-WebSocket-Protocol"),
            deflateOffers: DeflateNegotiation.offers(in: head.elements("Sec-WebSocket-Extensions").compactMap(ExtensionElement.init)),
            head: head, key: key)
    }

    /// The response to a request that `next` refused: 426 with the version we speak (§4.4), 405, or 400. The stream ends after it.
    package static func rejection(_ error: HandshakeError) -> [UInt8] {
        switch error {
        case .unsupportedVersion: rejection(426, "Upgrade Required", [HeaderField("Sec-WebSocket-Version", "13")])
        case .upgradeMissing: rejection(426, "Upgrade Required", [HeaderField("Upgrade", "websocket")])
        case .methodNotGet: rejection(405, "Method Not Allowed", [HeaderField("Allow", "GET")])
        default: rejection(400, "Bad Request")
        }
    }

    /// A response without a body that refuses the upgrade, for reasons of the server's own. The stream ends after it.
    package static func rejection(_ status: Int, _ reason: String, _ fields: [HeaderField] = []) -> [UInt8] {
        HTTPHead(
            startLine: "HTTP/1.1 \(status) \(reason)",
            fields: fields + [HeaderField("Content-Length", "0"), HeaderField("Connection", "close")]
        ).encoded
    }
}
