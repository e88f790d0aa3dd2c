import WebSocketDeflate
import WebSocketProtocol

/// Frames, in the role and with the limits that the first byte chooses.
func fuzzFrames(_ bytes: UnsafeRawBufferPointer) {
    guard let choice = bytes.first else { return }
    let input = Array(bytes.dropFirst())
    let whole = framesOutcome(input, choice, chunk: { Int.max })
    let single = framesOutcome(input, choice, chunk: { 1 })
    var state = UInt64(choice)
    let varied = framesOutcome(input, choice) {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 60) + 1
    }
    promise(whole == single, "one chunk and single bytes differ")
    promise(whole == varied, "one chunk and varied chunks differ")
}

private struct FramesOutcome: Equatable {
    var events: [String] = []
    /// The fault; only that there was one when messages are decompressed, for there a wrong text and wrong DEFLATE data race.
    var failure: String?
    var pending: [UInt8] = []
    var closeCode: CloseCode?
}

struct NoRandomness: RandomNumberGenerator {
    mutating func next() -> UInt64 { 0x0102_0304 }
}

func compression(_ parameters: DeflateParameters, _ role: Role) -> MessageCompression {
    do throws(ZlibFailure) { return try MessageCompression.zlib(parameters, role: role) } catch { broken("\(error)") }
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
        do throws(SendError) { try machine.close(.normalClosure, into: &outcome.pending) } catch { broken("\(error)") }
    }
    var start = 0
    while start < bytes.count, outcome.failure == nil {
        let end = start + min(chunk(), bytes.count - start)
        // A copy of its own size, so that a sanitizer sees every read beyond it.
        Array(bytes[start..<end]).withUnsafeBytes { piece in
            var input = piece
            do throws(WebSocketError) {
                while let event = try machine.next(&input) { outcome.events.append(description(event, limits)) }
                promise(input.isEmpty, "nil before the input was used up")
            } catch {
                outcome.failure = isCompressed ? "failed" : "\(error)"
                promise(machine.state == .failed(error), "a fault that left the state alone")
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
        promise(bytes.count <= limits.messageSize, "message above the limit")
        guard let text = String(validating: bytes, as: UTF8.self) else { broken("text that is not UTF-8") }
        return "text \(text)"
    case .binary(let bytes):
        promise(bytes.count <= limits.messageSize, "message above the limit")
        return "binary \(Array(bytes))"
    case .ping(let bytes): return "ping \(Array(bytes))"
    case .pong(let bytes): return "pong \(Array(bytes))"
    case .close(let code, let reason):
        promise(code?.isAllowedOnWire ?? true, "close code that must not be on the wire")
        guard let text = String(validating: reason, as: UTF8.self) else { broken("reason that is not UTF-8") }
        return "close \(code?.rawValue ?? 0) \(text)"
    }
}
