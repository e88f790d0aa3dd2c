import WebSocketDeflate
import WebSocketProtocol

// Each function takes whatever bytes a fuzzer invents and traps when a promise is broken. The promise they share: what a parser makes of
// bytes does not depend on how the bytes were cut.

/// Frames, in the role and with the limits that the first byte chooses.
package func fuzzWebSocketFrames(_ bytes: UnsafeRawBufferPointer) {
    guard let choice = bytes.first else { return }
    let input = Array(bytes.dropFirst())
    let whole = framesOutcome(input, choice, chunk: { Int.max })
    let single = framesOutcome(input, choice, chunk: { 1 })
    var state = UInt64(choice)
    let varied = framesOutcome(input, choice) {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 60) + 1
    }
    precondition(whole == single, "one chunk and single bytes differ")
    precondition(whole == varied, "one chunk and varied chunks differ")
}

/// The response to a client's handshake, the request to a server's, and a proxy's answer.
package func fuzzWebSocketHandshake(_ bytes: UnsafeRawBufferPointer) {
    let input = Array(bytes)
    precondition(clientOutcome(input, chunk: .max) == clientOutcome(input, chunk: 1), "client handshake depends on chunks")
    precondition(serverOutcome(input, chunk: .max) == serverOutcome(input, chunk: 1), "server handshake depends on chunks")
    precondition(proxyOutcome(input, chunk: .max) == proxyOutcome(input, chunk: 1), "proxy answer depends on chunks")
}

/// URLs: one that is accepted means the same once written out again.
package func fuzzWebSocketURL(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let url = parsed(text) else { return }
    precondition(parsed(url.description) == url, "\(url) is not stable")
    precondition(url.target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a target that could break the request line")
}

// MARK: Frames

private struct FramesOutcome: Equatable {
    var events: [String] = []
    /// The fault; only that there was one when messages are decompressed, for there a wrong text and wrong DEFLATE data race.
    var failure: String?
    var pending: [UInt8] = []
    var closeCode: CloseCode?
}

private struct NoRandomness: RandomNumberGenerator {
    mutating func next() -> UInt64 { 0x0102_0304 }
}

private func compression(_ parameters: DeflateParameters, _ role: Role) -> MessageCompression {
    do throws(ZlibFailure) { return try MessageCompression.zlib(parameters, role: role) } catch { preconditionFailure("\(error)") }
}

private func framesOutcome(_ bytes: [UInt8], _ choice: UInt8, chunk: () -> Int) -> FramesOutcome {
    let role: Role = choice & 1 == 0 ? .client : .server
    let isCompressed = choice & 2 != 0
    var limits = WebSocketLimits()
    if choice & 4 != 0 {
        limits.frameSize = 200
        limits.messageSize = 300
        limits.framesPerMessage = 5
        limits.retainedBufferSize = 32
    }
    let compression = isCompressed ? compression(DeflateParameters(serverForgetsContext: choice & 8 != 0), role) : nil
    var machine = WebSocketMachine(role: role, limits: limits, compression: compression, randomness: NoRandomness())
    var outcome = FramesOutcome()
    if choice & 16 != 0 {
        // Closing by us: the peer's data must be skipped, whatever it is.
        do throws(SendError) { try machine.close(.normalClosure, into: &outcome.pending) } catch { preconditionFailure("\(error)") }
    }
    var start = 0
    while start < bytes.count, outcome.failure == nil {
        let end = start + min(chunk(), bytes.count - start)
        // A copy of its own size, so that a sanitizer sees every read beyond it.
        Array(bytes[start..<end]).withUnsafeBytes { piece in
            var input = piece
            do throws(WebSocketError) {
                while let event = try machine.next(&input) { outcome.events.append(description(event, limits)) }
                precondition(input.isEmpty, "nil before the input was used up")
            } catch {
                outcome.failure = isCompressed ? "failed" : "\(error)"
                precondition(machine.state == .failed(error), "a fault that left the state alone")
            }
        }
        start = end
    }
    machine.takePendingFrames(into: &outcome.pending)
    // The Close frame of a failure names the fault.
    if isCompressed, outcome.failure != nil { outcome.pending = [] }
    machine.streamEnded()
    outcome.closeCode = machine.state.closeCode
    return outcome
}

private func description(_ event: WebSocketEvent, _ limits: WebSocketLimits) -> String {
    switch event {
    case .text(let bytes):
        precondition(bytes.count <= limits.messageSize, "message above the limit")
        guard let text = String(validating: bytes, as: UTF8.self) else { preconditionFailure("text that is not UTF-8") }
        return "text \(text)"
    case .binary(let bytes):
        precondition(bytes.count <= limits.messageSize, "message above the limit")
        return "binary \(Array(bytes))"
    case .ping(let bytes): return "ping \(Array(bytes))"
    case .pong(let bytes): return "pong \(Array(bytes))"
    case .close(let code, let reason):
        precondition(code?.isAllowedOnWire ?? true, "close code that must not be on the wire")
        guard let text = String(validating: reason, as: UTF8.self) else { preconditionFailure("reason that is not UTF-8") }
        return "close \(code?.rawValue ?? 0) \(text)"
    }
}

// MARK: Handshakes

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
                    precondition(input.isEmpty, "more wanted before the input was used up")
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
    guard let url = parsed("wss://example.com/chat") else { preconditionFailure("the sample URL is valid") }
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
        preconditionFailure("\(error)")
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
