import TestSupport
import Testing
import WebSocketProtocol

@Suite("RFC 6455 §5: generated traffic")
struct GeneratedFramesTests {
    /// A peer's messages, cut into frames with control frames between, and what must come of them.
    private func traffic(_ dice: inout SplitMix64, masked: Bool) -> (bytes: [UInt8], events: [ReceivedEvent]) {
        var bytes: [UInt8] = []
        var events: [ReceivedEvent] = []
        func append(_ opcode: FrameOpcode, _ payload: [UInt8], isFinal: Bool, _ dice: inout SplitMix64) {
            let mask: [UInt8]? = masked ? (0..<4).map { _ in UInt8.random(in: 0...255, using: &dice) } : nil
            bytes += FrameBuilder(opcode, payload, isFinal: isFinal, mask: mask).bytes
        }
        for _ in 0..<Int.random(in: 1...8, using: &dice) {
            let isText = Bool.random(using: &dice)
            let length = [0, 3, 20, 125, 126, 200, 300, 1000, 5000, 66000].randomElement(using: &dice) ?? 0
            let payload: [UInt8] =
                isText
                ? Array((0..<length / 3).map { _ in ["a", "é", "€", "🌕"].randomElement(using: &dice) ?? "" }.joined().utf8)
                : (0..<length).map { _ in UInt8.random(in: 0...255, using: &dice) }
            var rest = payload[...]
            var opcode: FrameOpcode = isText ? .text : .binary
            while true {
                let isLast = Int.random(in: 0..<3, using: &dice) == 0
                let piece = isLast ? rest : rest.prefix(Int.random(in: 0...max(1, length / 2), using: &dice))
                rest = rest.dropFirst(piece.count)
                append(opcode, Array(piece), isFinal: isLast, &dice)
                if isLast { break }
                opcode = .continuation
                if Int.random(in: 0..<4, using: &dice) == 0 {
                    let control = (0..<Int.random(in: 0...125, using: &dice)).map { UInt8($0) }
                    let isPing = Bool.random(using: &dice)
                    append(isPing ? .ping : .pong, control, isFinal: true, &dice)
                    events.append(isPing ? .ping(control) : .pong(control))
                }
            }
            events.append(isText ? .text(String(decoding: payload, as: UTF8.self)) : .binary(payload))
        }
        if Bool.random(using: &dice) {
            append(.close, [0x0F, 0xA1] + Array("done".utf8), isFinal: true, &dice)
            events.append(.close(4001, "done"))
        }
        return (bytes, events)
    }

    @Test("valid traffic gives its messages in both roles, however it is cut", arguments: 0..<25)
    func validTraffic(seed: Int) {
        var dice = SplitMix64(state: UInt64(seed))
        for role in [Role.client, .server] {
            let (bytes, events) = traffic(&dice, masked: role == .server)
            for chunk in [Int.max, 4096, 1000, Int.random(in: 1...300, using: &dice)] + (bytes.count < 20000 ? [1] : []) {
                // Compared outside the macro: a failure must not print a hundred kilobytes.
                let isRight = received(bytes, as: role, chunk: chunk) == events
                #expect(isRight, "\(role), chunks of \(chunk)")
            }
        }
    }

    @Test("traffic with a flipped bit gives the same events and the same fault however it is cut", arguments: 0..<15)
    func damagedTraffic(seed: Int) {
        var dice = SplitMix64(state: UInt64(seed) + 1000)
        var limits = WebSocketLimits()
        limits.messageSize = 100_000
        for role in [Role.client, .server] {
            let (bytes, _) = traffic(&dice, masked: role == .server)
            for _ in 0..<3 {
                var damaged = bytes
                // Near the front, where the heads are.
                let index = min(bytes.count - 1, Int.random(in: 0..<300, using: &dice))
                damaged[index] ^= 1 << UInt8.random(in: 0..<8, using: &dice)
                let whole = received(damaged, as: role, limits: limits)
                for chunk in [7, 61, 5000] {
                    let isSame = received(damaged, as: role, limits: limits, chunk: chunk) == whole
                    #expect(isSame, "\(role), byte \(index), chunks of \(chunk)")
                }
            }
        }
    }

    @Test("what one role sends the other receives, fragmented at any size", arguments: 0..<20)
    func roundTrip(seed: Int) throws {
        var dice = SplitMix64(state: UInt64(seed) + 2000)
        for role in [Role.client, .server] {
            var sender = WebSocketMachine(role: role)
            var output: [UInt8] = []
            var events: [ReceivedEvent] = []
            for _ in 0..<10 {
                let payload = (0..<Int.random(in: 0...2000, using: &dice)).map { _ in UInt8.random(in: 0...127, using: &dice) }
                let isText = Bool.random(using: &dice)
                let fragmentSize = [1, 17, 500, Int.max].randomElement(using: &dice) ?? 1
                try payload.withUnsafeBytes { try sender.send(isText ? .text : .binary, $0, fragmentSize: fragmentSize, into: &output) }
                events.append(isText ? .text(String(decoding: payload, as: UTF8.self)) : .binary(payload))
            }
            let chunk = Int.random(in: 1...5000, using: &dice)
            let isRight = received(output, as: role == .client ? .server : .client, chunk: chunk) == events
            #expect(isRight, "\(role), chunks of \(chunk)")
        }
    }
}
