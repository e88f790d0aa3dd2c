import CZlib
import WebSocketDeflate
import WebSocketProtocol

/// The first byte chooses the agreement, the second where the first message ends; both messages come in frames of a few bytes.
func fuzzDeflate(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 2 else { return }
    let choice = bytes[0]
    let parameters = DeflateParameters(serverForgetsContext: choice & 8 != 0, serverWindowBits: 8 + Int(choice & 7))
    let rest = Array(bytes[2...])
    let middle = min(Int(bytes[1]), rest.count)
    let messages = [Array(rest[..<middle]), Array(rest[middle...])]
    checkInflating(messages, parameters, frameSize: Int(choice >> 4) * 5 + 1)
    checkRoundTrip(messages, parameters)
}

private let limit = 1 << 16

private func checkInflating(_ messages: [[UInt8]], _ parameters: DeflateParameters, frameSize: Int) {
    var machine = WebSocketMachine(
        role: .client, limits: limits(), compression: compression(parameters, .client), randomness: NoRandomness())
    var inflater = RawInflater(windowBits: parameters.serverWindowBits)
    for message in messages {
        let expected = inflater.inflate(message + [0, 0, 0xFF, 0xFF])
        if parameters.serverForgetsContext { inflater = RawInflater(windowBits: parameters.serverWindowBits) }
        var frames: [UInt8] = []
        var start = 0
        repeat {
            let piece = message[start..<min(start + frameSize, message.count)]
            let isFirst = start == 0
            start += frameSize
            frames += [(start >= message.count ? 0x80 : 0) | (isFirst ? 0x42 : 0), UInt8(piece.count)] + piece
        } while start < message.count
        let received = receive(frames, &machine)
        // zlib refuses a distance beyond a smaller window only where a call of inflate does not see that far.
        switch expected {
        case _ where parameters.serverWindowBits < 15: break
        case .bytes(let bytes): promise(received == bytes || bytes.count > limit, "zlib reads another message")
        case .corrupt: promise(received == nil, "a message that zlib refuses was accepted")
        case .ended: return
        }
        if received == nil { return }
    }
}

private func checkRoundTrip(_ messages: [[UInt8]], _ parameters: DeflateParameters) {
    var sender = WebSocketMachine(role: .server, compression: compression(parameters, .server), randomness: NoRandomness())
    var receiver = WebSocketMachine(role: .client, compression: compression(parameters, .client), randomness: NoRandomness())
    for message in messages {
        var frames: [UInt8] = []
        do {
            try message.withUnsafeBytes { bytes in try sender.send(.binary, bytes, into: &frames) }
        } catch {
            broken("\(error)")
        }
        promise(receive(frames, &receiver) == message, "a message changed on its way")
    }
}

private func limits() -> WebSocketLimits {
    var limits = WebSocketLimits()
    limits.messageSize = limit
    return limits
}

/// The message in `frames`; `nil` when they fail the connection.
private func receive(_ frames: [UInt8], _ machine: inout WebSocketMachine) -> [UInt8]? {
    var message: [UInt8]?
    frames.withUnsafeBytes { bytes in
        var input = bytes
        do throws(WebSocketError) {
            while let event = try machine.next(&input) {
                guard case .binary(let bytes) = event, message == nil else { broken("one binary message was sent, not \(event)") }
                message = Array(bytes)
            }
            promise(message != nil && input.isEmpty, "a message was left in its frames")
        } catch {
            message = nil
        }
    }
    return message
}
