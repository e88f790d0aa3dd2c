import Testing
import WebSocketProtocol

@Suite("RFC 6455 §5, §7: sending and closing")
struct WebSocketMachineTests {
    // MARK: Encoding

    private func sent(
        _ role: Role, _ kind: MessageKind, _ payload: [UInt8], fragmentSize: Int = .max, key: UInt64 = 0x3d21_fa37
    ) throws -> [UInt8] {
        var machine = WebSocketMachine(role: role, randomness: CountingGenerator(value: key))
        var output: [UInt8] = []
        try payload.withUnsafeBytes { try machine.send(kind, $0, fragmentSize: fragmentSize, into: &output) }
        return output
    }

    @Test("§5.7 the examples, sent by each role")
    func examples() throws {
        #expect(try sent(.server, .text, Array("Hello".utf8)) == [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f])
        #expect(try sent(.client, .text, Array("Hello".utf8))
            == [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58])
        #expect(try sent(.server, .text, Array("Hello".utf8), fragmentSize: 3)
            == [0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f])
    }

    @Test("each length goes out in its shortest form and comes back whole", arguments: [0, 1, 125, 126, 65535, 65536, 100_001], [Role.client, .server])
    func roundTrip(count: Int, role: Role) throws {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let expected = FrameBuilder(.binary, payload, mask: role == .client ? [0x37, 0xfa, 0x21, 0x3d] : nil).bytes
        #expect(try sent(role, .binary, payload) == expected)
        for fragmentSize in [1000, 65536] {
            let bytes = try sent(role, .binary, payload, fragmentSize: fragmentSize)
            #expect(received(bytes, as: role == .client ? .server : .client) == [.binary(payload)])
        }
    }

    @Test("§5.3 each frame of a client has a key of its own, and the system's keys differ")
    func freshKeys() throws {
        let counted = try sent(.client, .binary, [1, 2, 3, 4], fragmentSize: 2, key: 0x01)
        #expect(Array(counted[2..<6]) == [1, 0, 0, 0])
        #expect(Array(counted[10..<14]) == [2, 0, 0, 0])
        var machine = WebSocketMachine(role: .client)
        var keys: Set<[UInt8]> = []
        for _ in 0..<64 {
            var output: [UInt8] = []
            try [UInt8(0)].withUnsafeBytes { try machine.send(.binary, $0, into: &output) }
            keys.insert(Array(output[2..<6]))
        }
        #expect(keys.count > 60)
    }

    @Test("§5.4 a message in fragments of the caller's, with control frames in between")
    func fragmentByFragment() throws {
        var machine = WebSocketMachine(role: .server)
        var output: [UInt8] = []
        try Array("one ".utf8).withUnsafeBytes { try machine.sendFragment(.text, $0, isLast: false, into: &output) }
        try Array("p".utf8).withUnsafeBytes { try machine.ping($0, into: &output) }
        #expect(throws: SendError.messageInProgress) { try machine.send(.text, .init(start: nil, count: 0), into: &output) }
        #expect(throws: SendError.messageInProgress) {
            try machine.sendFragment(.binary, .init(start: nil, count: 0), isLast: true, into: &output)
        }
        try Array("two".utf8).withUnsafeBytes { try machine.sendFragment(.text, $0, isLast: true, into: &output) }
        try Array("three".utf8).withUnsafeBytes { try machine.send(.text, $0, into: &output) }
        #expect(received(output) == [.ping([0x70]), .text("one two"), .text("three")])
    }

    @Test("§5.5, §5.6 what must not be sent is refused and leaves the output alone")
    func refusedSends() throws {
        var machine = WebSocketMachine(role: .client)
        var output: [UInt8] = []
        [UInt8](repeating: 0, count: 126).withUnsafeBytes { long in
            #expect(throws: SendError.controlFrameTooLong(126)) { try machine.ping(long, into: &output) }
            #expect(throws: SendError.controlFrameTooLong(126)) { try machine.pong(long, into: &output) }
        }
        [0xFF as UInt8].withUnsafeBytes { bad in
            _ = #expect(throws: SendError.invalidUTF8) { try machine.send(.text, bad, into: &output) }
        }
        for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000] as [UInt16] {
            let code = CloseCode(rawValue: code)
            #expect(throws: SendError.invalidCloseCode(code)) { try machine.close(code, into: &output) }
        }
        let long = String(repeating: "x", count: 124)
        #expect(throws: SendError.controlFrameTooLong(126)) { try machine.close(.normalClosure, reason: long, into: &output) }
        #expect(output.isEmpty)
        #expect(machine.state == .open)
    }

    // MARK: Pongs

    @Test("§5.5.3 a pong repeats the ping; of several unanswered pings only the newest is answered")
    func pongs() {
        var machine = WebSocketMachine(role: .server)
        let mask: [UInt8] = [9, 8, 7, 6]
        _ = machine.receive(FrameBuilder(.ping, text: "first", mask: mask).bytes + FrameBuilder(.ping, text: "second", mask: mask).bytes)
        #expect(machine.pending() == FrameBuilder(.pong, text: "second").bytes)
        #expect(machine.pending() == [])
        _ = machine.receive(FrameBuilder(.ping, mask: mask).bytes)
        #expect(machine.pending() == FrameBuilder(.pong).bytes)
    }

    @Test("§5.5.1 a pong goes before the echo of a close, and none after a failure")
    func pongBeforeClose() {
        var machine = WebSocketMachine(role: .client, randomness: CountingGenerator(value: 0))
        _ = machine.receive(FrameBuilder(.ping, text: "p").bytes + FrameBuilder(.close, [0x03, 0xE9]).bytes)
        #expect(machine.pending()
            == FrameBuilder(.pong, text: "p", mask: [0, 0, 0, 0]).bytes + FrameBuilder(.close, [0x03, 0xE9], mask: [1, 0, 0, 0]).bytes)
        var failing = WebSocketMachine(role: .server)
        _ = failing.receive(FrameBuilder(.ping, text: "p", mask: [0, 0, 0, 0]).bytes + [0x83])
        #expect(failing.pending().first == 0x88)
    }

    // MARK: §7 closing

    @Test("§7.1.1 the peer closes first: echo, then each role's duty")
    func peerCloses() throws {
        for role in [Role.client, .server] {
            var machine = WebSocketMachine(role: role, randomness: CountingGenerator(value: 0))
            let mask: [UInt8]? = role == .server ? [1, 1, 1, 1] : nil
            let close = FrameBuilder(.close, [0x03, 0xE8] + Array("bye".utf8), mask: mask).bytes
            let late = FrameBuilder(.text, text: "late", mask: mask).bytes
            #expect(machine.receive(close + late) == [.close(1000, "bye")])
            let frame = CloseFrame(code: .normalClosure, reason: "bye")
            #expect(machine.state == .closingByPeer(received: frame))
            #expect(machine.transportDuty == .keepOpen)
            var output: [UInt8] = []
            #expect(throws: SendError.closed) { try machine.ping(.init(start: nil, count: 0), into: &output) }
            #expect(throws: SendError.closed) { try machine.close(.goingAway, into: &output) }
            #expect(machine.pending() == FrameBuilder(.close, [0x03, 0xE8], mask: role == .client ? [0, 0, 0, 0] : nil).bytes)
            #expect(machine.state == .closed(sent: CloseFrame(code: .normalClosure), received: frame))
            #expect(machine.transportDuty == (role == .server ? .end : .awaitPeerEnd))
            #expect(machine.receive(late + [0xFF, 0xFF]) == [])
            #expect(machine.pending() == [])
            machine.streamEnded()
            #expect(machine.state.closeCode == .normalClosure)
        }
    }

    @Test("§7.1.2 we close first: only the peer's close is still an event", arguments: chunkSizes)
    func weClose(chunk: Int) throws {
        var machine = WebSocketMachine(role: .client, randomness: CountingGenerator(value: 0))
        _ = machine.receive(FrameBuilder(.text, text: "half a mess", isFinal: false).bytes)
        var output: [UInt8] = []
        try machine.close(CloseCode(rawValue: 4000), reason: "resuming", into: &output)
        #expect(output == FrameBuilder(.close, [0x0F, 0xA0] + Array("resuming".utf8), mask: [0, 0, 0, 0]).bytes)
        #expect(machine.state == .closingByUs(sent: CloseFrame(code: CloseCode(rawValue: 4000), reason: "resuming")))
        #expect(throws: SendError.closed) { try machine.close(.normalClosure, into: &output) }
        let bytes =
            FrameBuilder(.continuation, text: "age").bytes + FrameBuilder(.ping, text: "p").bytes + FrameBuilder(.pong).bytes
            + FrameBuilder(.text, [0xFF, 0xFF]).bytes + FrameBuilder(.close, [0x0F, 0xA0]).bytes + FrameBuilder(.text, text: "x").bytes
        #expect(machine.receive(bytes, chunk: chunk) == [.close(4000, "")])
        #expect(machine.pending() == [])
        #expect(machine.transportDuty == .awaitPeerEnd)
        machine.streamEnded()
        #expect(machine.state.closeCode == CloseCode(rawValue: 4000))
    }

    @Test("§7.1.2 half a message from before our close does not count against what is skipped after it")
    func skippedData() throws {
        var limits = WebSocketLimits()
        limits.messageSize = 10
        var machine = WebSocketMachine(role: .client, limits: limits)
        _ = machine.receive(FrameBuilder(.text, text: "12345678", isFinal: false).bytes)
        var output: [UInt8] = []
        try machine.close(.normalClosure, into: &output)
        let bytes = FrameBuilder(.continuation, text: "9").bytes + FrameBuilder(.text, text: "12345678").bytes + FrameBuilder(.close).bytes
        #expect(machine.receive(bytes) == [.close(nil, "")])
    }

    @Test("releasing idle buffers loses nothing that is half received", arguments: chunkSizes)
    func releasing(chunk: Int) {
        let bytes =
            FrameBuilder(.text, text: "one ", isFinal: false, mask: [1, 2, 3, 4]).bytes + FrameBuilder(.ping, text: "p", mask: [5, 6, 7, 8]).bytes
            + FrameBuilder(.continuation, text: "two", mask: [9, 9, 9, 9]).bytes + FrameBuilder(.text, text: "three", mask: [0, 1, 0, 1]).bytes
        var machine = WebSocketMachine(role: .server)
        var events: [ReceivedEvent] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            events += machine.receive(Array(rest.prefix(chunk)))
            rest = rest.dropFirst(min(chunk, rest.count))
            machine.releaseIdleBuffers()
        }
        #expect(events == [.ping([0x70]), .text("one two"), .text("three")])
    }

    @Test("a pong still pending goes out before our own close")
    func pendingPongBeforeOwnClose() throws {
        var machine = WebSocketMachine(role: .server)
        _ = machine.receive(FrameBuilder(.ping, text: "p", mask: [0, 0, 0, 0]).bytes)
        var output: [UInt8] = []
        try machine.close(nil, into: &output)
        #expect(output == FrameBuilder(.pong, text: "p").bytes + FrameBuilder(.close).bytes)
    }

    @Test("§7.1.5 the code to report: 1005 for an empty close, 1006 for none")
    func reportedCodes() {
        var empty = WebSocketMachine(role: .client)
        _ = empty.receive(FrameBuilder(.close).bytes)
        #expect(empty.state.closeCode == .noStatusReceived)
        #expect(empty.pending().count == 6)

        var lost = WebSocketMachine(role: .client)
        #expect(lost.state.closeCode == nil)
        lost.streamEnded()
        #expect(lost.state == .failed(nil))
        #expect(lost.state.closeCode == .abnormalClosure)
        #expect(lost.transportDuty == .end)
    }

    @Test("§7.1.7 each fault sends the close code of its kind, once, and discards the rest", arguments: [
        (.reservedBits(0x40), 1002), (.reservedOpcode(3), 1002), (.fragmentedControlFrame, 1002), (.controlFrameTooLong, 1002),
        (.maskedByServer, 1002), (.unmaskedByClient, 1002), (.lengthNotMinimal(5), 1002), (.lengthHighBit, 1002),
        (.unexpectedContinuation, 1002), (.expectedContinuation, 1002), (.closePayloadTruncated, 1002), (.invalidCloseCode(999), 1002),
        (.invalidUTF8, 1007), (.invalidCompressedData("x"), 1007), (.frameTooLarge(length: 2, limit: 1), 1009),
        (.messageTooLarge(length: 2, limit: 1), 1009), (.tooManyFrames(limit: 1), 1008),
    ] as [(WebSocketError, UInt16)])
    func closeCodeOfFault(error: WebSocketError, code: UInt16) {
        #expect(error.closeCode.rawValue == code)
        #expect(error.description.utf8.count <= 123)
    }

    @Test("§7.1.7 a failed connection sends its close and takes nothing more")
    func failing() {
        var machine = WebSocketMachine(role: .server)
        let fault = FrameBuilder(.text, [0xC0], mask: [0, 0, 0, 0]).bytes
        #expect(machine.receive(fault + fault) == [.failed(.invalidUTF8)])
        #expect(machine.state == .failed(.invalidUTF8))
        #expect(machine.pending() == FrameBuilder(.close, [0x03, 0xEF] + Array("text is not UTF-8".utf8)).bytes)
        #expect(machine.transportDuty == .end)
        #expect(machine.receive(FrameBuilder(.close, mask: [0, 0, 0, 0]).bytes) == [])
        #expect(machine.pending() == [])
        var output: [UInt8] = []
        #expect(throws: SendError.closed) { try machine.close(.normalClosure, into: &output) }
    }

    @Test("a fault after our own close sends no second close")
    func faultWhileClosing() throws {
        var machine = WebSocketMachine(role: .client)
        var output: [UInt8] = []
        try machine.close(.normalClosure, into: &output)
        #expect(machine.receive([0x83, 0x00]) == [.failed(.reservedOpcode(3))])
        #expect(machine.pending() == [])
        #expect(machine.transportDuty == .end)
    }
}
