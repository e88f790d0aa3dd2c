import WebSocketProtocol

/// An event with its bytes copied out, so that it can be kept and compared.
enum ReceivedEvent: Equatable {
    case text(String)
    case binary([UInt8])
    case ping([UInt8])
    case pong([UInt8])
    case close(UInt16?, String)
    case failed(WebSocketError)

    init(_ event: WebSocketEvent) {
        self =
            switch event {
            case .text(let bytes): .text(String(decoding: bytes, as: UTF8.self))
            case .binary(let bytes): .binary(Array(bytes))
            case .ping(let bytes): .ping(Array(bytes))
            case .pong(let bytes): .pong(Array(bytes))
            case .close(let code, let reason): .close(code?.rawValue, String(decoding: reason, as: UTF8.self))
            }
    }
}

/// How the peer's bytes are cut for a test.
let chunkSizes = [1, 2, 3, 5, 7, 13, 64, 4096, Int.max]

extension WebSocketMachine {
    /// Feeds `bytes` in pieces of `chunk`, each from memory of its own size, and returns everything that came of it.
    mutating func receive(_ bytes: [UInt8], chunk: Int = .max) -> [ReceivedEvent] {
        var events: [ReceivedEvent] = []
        var start = 0
        while start < bytes.count {
            let end = start + min(chunk, bytes.count - start)
            let failed = Array(bytes[start..<end]).withUnsafeBytes { piece in
                var input = piece
                do throws(WebSocketError) {
                    while let event = try next(&input) { events.append(ReceivedEvent(event)) }
                    return !input.isEmpty
                } catch {
                    events.append(.failed(error))
                    return true
                }
            }
            if failed { return events }
            start = end
        }
        return events
    }

    /// The pending frames.
    mutating func pending() -> [UInt8] {
        var output: [UInt8] = []
        takePendingFrames(into: &output)
        return output
    }
}

/// What a fresh machine makes of `bytes`.
func received(
    _ bytes: [UInt8], as role: Role = .client, limits: WebSocketLimits = WebSocketLimits(), chunk: Int = .max
) -> [ReceivedEvent] {
    var machine = WebSocketMachine(role: role, limits: limits)
    return machine.receive(bytes, chunk: chunk)
}

/// A generator that counts up: the masking keys of a test are known.
struct CountingGenerator: RandomNumberGenerator {
    var value: UInt64

    mutating func next() -> UInt64 {
        defer { value += 1 }
        return value
    }
}
