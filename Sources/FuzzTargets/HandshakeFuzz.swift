import WebSocketProtocol

func fuzzClientHandshake(_ bytes: UnsafeRawBufferPointer) {
    let input = Array(bytes)
    promise(clientOutcome(input, chunk: .max) == clientOutcome(input, chunk: 1), "client handshake depends on chunks")
}

func fuzzServerHandshake(_ bytes: UnsafeRawBufferPointer) {
    let input = Array(bytes)
    promise(serverOutcome(input, chunk: .max) == serverOutcome(input, chunk: 1), "server handshake depends on chunks")
}

func fuzzProxyAnswer(_ bytes: UnsafeRawBufferPointer) {
    let input = Array(bytes)
    promise(proxyOutcome(input, chunk: .max) == proxyOutcome(input, chunk: 1), "proxy answer depends on chunks")
}

/// URLs: one that is accepted means the same once written out again.
func fuzzURL(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let url = parsed(text) else { return }
    promise(parsed(url.description) == url, "\(url) is not stable")
    promise(url.target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a target that could break the request line")
}

/// What a handshake made of its bytes: a description of the result or of the error, and how many bytes it left.
private struct HandshakeOutcome: Equatable {
    let result: String
    let rest: Int
}

/// Feeds `bytes` in pieces to `step`, which returns a description once it is done.
private func outcome(
    _ bytes: [UInt8], chunk: Int, interrupted: String, step: (inout UnsafeRawBufferPointer) throws(HandshakeError) -> String?
) -> HandshakeOutcome {
    var start = 0
    while start < bytes.count {
        let end = start + min(chunk, bytes.count - start)
        let result = Array(bytes[start..<end]).withUnsafeBytes { piece -> HandshakeOutcome? in
            var input = piece
            do throws(HandshakeError) {
                guard let done = try step(&input) else {
                    promise(input.isEmpty, "more wanted before the input was used up")
                    return nil
                }
                return HandshakeOutcome(result: done, rest: input.count + bytes.count - end)
            } catch {
                return HandshakeOutcome(result: "\(error)", rest: 0)
            }
        }
        if let result { return result }
        start = end
    }
    return HandshakeOutcome(result: interrupted, rest: 0)
}

private func sampleURL() -> WebSocketURL {
    guard let url = parsed("wss://example.com/chat") else { broken("the sample URL is valid") }
    return url
}

/// `nil` for a text that is refused.
private func parsed(_ text: String) -> WebSocketURL? {
    do throws(WebSocketURLError) { return try WebSocketURL(text) } catch { return nil }
}

private func clientOutcome(_ bytes: [UInt8], chunk: Int) -> HandshakeOutcome {
    var request = HandshakeRequest(url: sampleURL())
    request.subprotocols = ["chat"]
    request.deflateOffers = [DeflateOffer(serverWindowBits: 12), DeflateOffer()]
    var randomness: any RandomNumberGenerator = NoRandomness()
    do throws(HandshakeError) {
        var handshake = try ClientHandshake(request, randomness: &randomness)
        return outcome(bytes, chunk: chunk, interrupted: "waiting") { input throws(HandshakeError) in
            try handshake.next(&input).map { "\($0)" }
        }
    } catch {
        broken("\(error)")
    }
}

private func serverOutcome(_ bytes: [UInt8], chunk: Int) -> HandshakeOutcome {
    var handshake = ServerHandshake()
    return outcome(bytes, chunk: chunk, interrupted: "waiting") { input throws(HandshakeError) in
        guard let request = try handshake.next(&input) else { return nil }
        let acceptance = try request.acceptance(subprotocol: request.subprotocols.first, deflate: request.preferredDeflate)
        return "\(request) \(acceptance)"
    }
}

private func proxyOutcome(_ bytes: [UInt8], chunk: Int) -> HandshakeOutcome {
    var connect = ProxyConnect(to: sampleURL())
    return outcome(bytes, chunk: chunk, interrupted: "waiting") { input throws(HandshakeError) in
        try connect.next(&input) ? "open" : nil
    }
}
