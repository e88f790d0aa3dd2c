import Testing
import WebSocketProtocol

@Suite("RFC 6455 §5: receiving frames")
struct FrameReceiverTests {
    // MARK: §5.7 examples

    @Test("§5.7 a single-frame unmasked text message", arguments: chunkSizes)
    func unmaskedText(chunk: Int) {
        #expect(received([0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f], chunk: chunk) == [.text("Hello")])
    }

    @Test("§5.7 a single-frame masked text message", arguments: chunkSizes)
    func maskedText(chunk: Int) {
        let bytes: [UInt8] = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]
        #expect(received(bytes, as: .server, chunk: chunk) == [.text("Hello")])
    }

    @Test("§5.7 a fragmented unmasked text message", arguments: chunkSizes)
    func fragmentedText(chunk: Int) {
        let bytes: [UInt8] = [0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f]
        #expect(received(bytes, chunk: chunk) == [.text("Hello")])
    }

    @Test("§5.7 an unmasked ping and the masked pong that answers it", arguments: chunkSizes)
    func pingAndPong(chunk: Int) {
        #expect(received([0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f], chunk: chunk) == [.ping(Array("Hello".utf8))])
        let pong: [UInt8] = [0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]
        #expect(received(pong, as: .server, chunk: chunk) == [.pong(Array("Hello".utf8))])
    }

    @Test("§5.7 256 bytes and 64 KiB of binary in one unmasked frame", arguments: chunkSizes)
    func binarySizes(chunk: Int) {
        let short = [UInt8](repeating: 0xAB, count: 256)
        #expect(received([0x82, 0x7E, 0x01, 0x00] + short, chunk: chunk) == [.binary(short)])
        let long = [UInt8](repeating: 0xCD, count: 65536)
        #expect(received([0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0] + long, chunk: chunk) == [.binary(long)])
    }

    // MARK: §5.2 lengths

    @Test("§5.2 each form of length at its bounds, in both roles", arguments: [0, 1, 125, 126, 127, 65535, 65536, 70000], [Role.client, .server])
    func lengths(count: Int, role: Role) {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let mask: [UInt8]? = role == .server ? [0xA1, 0xB2, 0xC3, 0xD4] : nil
        let bytes = FrameBuilder(.binary, payload, mask: mask).bytes
        for chunk in [1, 1000, .max] { #expect(received(bytes, as: role, chunk: chunk) == [.binary(payload)]) }
    }

    @Test("§5.2 a length that is not in its shortest form is refused", arguments: [(0, 3), (125, 3), (125, 9), (126, 9), (65535, 9)])
    func nonMinimalLength(count: Int, form: Int) {
        var frame = FrameBuilder(.binary, [UInt8](repeating: 0, count: count))
        frame.lengthForm = form
        #expect(received(frame.bytes) == [.failed(.lengthNotMinimal(UInt64(count)))])
    }

    @Test("§5.2 a length with the high bit set is refused")
    func highBit() {
        #expect(received([0x82, 0x7F, 0x80, 0, 0, 0, 0, 0, 0, 0]) == [.failed(.lengthHighBit)])
    }

    @Test("a whole unmasked message is delivered from the input itself")
    func zeroCopy() throws {
        for (opcode, isText) in [(FrameOpcode.text, true), (.binary, false)] {
            try FrameBuilder(opcode, text: "stays where it is").bytes.withUnsafeBytes { bytes in
                var machine = WebSocketMachine(role: .client)
                var input = bytes
                let event = try machine.next(&input)
                switch event {
                case .text(let payload):
                    #expect(isText)
                    #expect(payload.baseAddress == bytes.baseAddress.map { $0 + 2 })
                case .binary(let payload):
                    #expect(!isText)
                    #expect(payload.baseAddress == bytes.baseAddress.map { $0 + 2 })
                default: Issue.record("no message")
                }
                #expect(input.isEmpty)
            }
        }
    }

    // MARK: §5.1 masking by role, §5.2 reserved bits and opcodes

    @Test("§5.1 a client refuses a masked frame, a server an unmasked one")
    func maskByRole() {
        let masked = FrameBuilder(.text, text: "x", mask: [1, 2, 3, 4]).bytes
        #expect(received(masked, as: .client) == [.failed(.maskedByServer)])
        #expect(received(FrameBuilder(.text, text: "x").bytes, as: .server) == [.failed(.unmaskedByClient)])
    }

    @Test("§5.2 reserved bits are refused on every kind of frame", arguments: [0x10, 0x20, 0x40, 0x70] as [UInt8])
    func reservedBits(bits: UInt8) {
        for opcode in [FrameOpcode.text, .binary, .close, .ping, .pong] {
            var frame = FrameBuilder(opcode)
            frame.reserved = bits
            #expect(received(frame.bytes) == [.failed(.reservedBits(bits))])
        }
    }

    @Test("§5.2 reserved opcodes are refused on their first byte", arguments: [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8])
    func reservedOpcodes(opcode: UInt8) {
        #expect(received([0x80 | opcode]) == [.failed(.reservedOpcode(opcode))])
    }

    // MARK: §5.4 fragmentation

    @Test("§5.4 control frames between fragments are delivered at once", arguments: chunkSizes)
    func controlBetweenFragments(chunk: Int) {
        let bytes =
            FrameBuilder(.text, text: "one ", isFinal: false).bytes + FrameBuilder(.ping, text: "p").bytes
            + FrameBuilder(.continuation, text: "two ", isFinal: false).bytes + FrameBuilder(.pong).bytes
            + FrameBuilder(.continuation).bytes + FrameBuilder(.binary, [9]).bytes
        #expect(received(bytes, chunk: chunk) == [.ping([0x70]), .pong([]), .text("one two "), .binary([9])])
    }

    @Test("§5.4 a continuation outside a message is refused", arguments: [true, false])
    func unexpectedContinuation(isFinal: Bool) {
        let lone = FrameBuilder(.continuation, text: "x", isFinal: isFinal).bytes
        #expect(received(lone) == [.failed(.unexpectedContinuation)])
        #expect(received(FrameBuilder(.text, text: "a").bytes + lone) == [.text("a"), .failed(.unexpectedContinuation)])
    }

    @Test("§5.4 a new message inside a fragmented one is refused", arguments: [FrameOpcode.text, .binary])
    func expectedContinuation(opcode: FrameOpcode) {
        let bytes = FrameBuilder(.text, text: "a", isFinal: false).bytes + FrameBuilder(opcode, text: "b").bytes
        #expect(received(bytes) == [.failed(.expectedContinuation)])
    }

    @Test("§5.4 a message of empty fragments is an empty message")
    func emptyFragments() {
        let bytes = FrameBuilder(.text, isFinal: false).bytes + FrameBuilder(.continuation, isFinal: false).bytes
            + FrameBuilder(.continuation).bytes
        #expect(received(bytes) == [.text("")])
    }

    // MARK: §5.5 control frames

    @Test("§5.5 a control frame must not be fragmented", arguments: [FrameOpcode.close, .ping, .pong])
    func fragmentedControl(opcode: FrameOpcode) {
        #expect(received(FrameBuilder(opcode, isFinal: false).bytes) == [.failed(.fragmentedControlFrame)])
    }

    @Test("§5.5 a control frame holds at most 125 bytes", arguments: [FrameOpcode.ping, .pong])
    func longControl(opcode: FrameOpcode) {
        let longest = [UInt8](repeating: 0x61, count: 125)
        #expect(received(FrameBuilder(opcode, longest).bytes) == [opcode == .ping ? .ping(longest) : .pong(longest)])
        #expect(received(FrameBuilder(opcode, longest + [0x61]).bytes) == [.failed(.controlFrameTooLong)])
        #expect(received([0x88, 0x7F]) == [.failed(.controlFrameTooLong)])
    }

    @Test("§5.5.1 a close is empty, or a code and a reason", arguments: chunkSizes)
    func closePayloads(chunk: Int) {
        #expect(received(FrameBuilder(.close).bytes, chunk: chunk) == [.close(nil, "")])
        #expect(received(FrameBuilder(.close, [0x03, 0xE8]).bytes, chunk: chunk) == [.close(1000, "")])
        let longest = String(repeating: "é", count: 61) + "!"
        let payload = [0x0F, 0xA0] + Array(longest.utf8)
        #expect(received(FrameBuilder(.close, payload).bytes, chunk: chunk) == [.close(4000, longest)])
        #expect(received(FrameBuilder(.close, payload, mask: [7, 7, 9, 9]).bytes, as: .server, chunk: chunk) == [.close(4000, longest)])
    }

    @Test("§5.5.1 a close of one byte, or with a reason that is not UTF-8, is refused", arguments: chunkSizes)
    func badClosePayloads(chunk: Int) {
        #expect(received(FrameBuilder(.close, [0x03]).bytes, chunk: chunk) == [.failed(.closePayloadTruncated)])
        #expect(received(FrameBuilder(.close, [0x03, 0xE8, 0xC0, 0xAF]).bytes, chunk: chunk) == [.failed(.invalidUTF8)])
        #expect(received(FrameBuilder(.close, [0x03, 0xE8, 0xE2, 0x82]).bytes, chunk: chunk) == [.failed(.invalidUTF8)])
    }

    @Test("§7.4 every code is accepted or refused as the registry says")
    func closeCodes() {
        let allowed = Set(Array(1000...1003) + Array(1007...1014) + Array(3000...4999)) as Set<Int>
        for code in 0...65535 {
            let expected: ReceivedEvent =
                allowed.contains(code) ? .close(UInt16(code), "") : .failed(.invalidCloseCode(UInt16(code)))
            let events = received(FrameBuilder(.close, FrameBuilder.bigEndian(code, 2)).bytes)
            if events != [expected] { Issue.record("code \(code): \(events)") }
        }
    }

    // MARK: §8.1 UTF-8

    @Test("§8.1 a character may be cut by fragments", arguments: chunkSizes)
    func characterAcrossFragments(chunk: Int) {
        let text = Array("κόσμε 🌕".utf8)
        var bytes: [UInt8] = []
        for (index, byte) in text.enumerated() {
            let opcode: FrameOpcode = index == 0 ? .text : .continuation
            bytes += FrameBuilder(opcode, [byte], isFinal: index == text.count - 1).bytes
        }
        #expect(received(bytes, chunk: chunk) == [.text("κόσμε 🌕")])
    }

    @Test("§8.1 text that ends inside a character is refused, binary is not looked at")
    func truncatedCharacter() {
        #expect(received(FrameBuilder(.text, [0xE2, 0x82]).bytes) == [.failed(.invalidUTF8)])
        #expect(received(FrameBuilder(.binary, [0xE2, 0x82, 0xFF]).bytes) == [.binary([0xE2, 0x82, 0xFF])])
        let fragmented = FrameBuilder(.text, [0xE2], isFinal: false).bytes + FrameBuilder(.continuation, [0x82]).bytes
        #expect(received(fragmented) == [.failed(.invalidUTF8)])
    }

    @Test("§8.1 text fails on the first wrong byte, before the frame or message is complete")
    func failsFast() {
        var frame = FrameBuilder(.text, Array("abc".utf8) + [0xFF] + Array("def".utf8)).bytes
        frame.removeLast(3)
        #expect(received(frame) == [.failed(.invalidUTF8)])
        // Autobahn 6.4.1: the first fragment is wrong, the message goes on.
        let first = FrameBuilder(.text, [0xCE, 0xBA, 0xF4, 0x90], isFinal: false).bytes
        #expect(received(first) == [.failed(.invalidUTF8)])
    }

    // MARK: Limits

    @Test("a frame above the limit is refused on its header, before its payload")
    func frameLimit() {
        var limits = WebSocketLimits()
        limits.frameSize = 1000
        #expect(received(FrameBuilder(.binary, [UInt8](repeating: 1, count: 1000)).bytes, limits: limits).count == 1)
        #expect(received([0x82, 0x7E, 0x03, 0xE9], limits: limits) == [.failed(.frameTooLarge(length: 1001, limit: 1000))])
        let huge: [UInt8] = [0x82, 0x7F, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
        #expect(received(huge) == [.failed(.frameTooLarge(length: UInt64(Int64.max), limit: 64 << 20))])
    }

    @Test("a message above the limit is refused on the header that passes it")
    func messageLimit() {
        var limits = WebSocketLimits()
        limits.messageSize = 10
        let start = FrameBuilder(.binary, [UInt8](repeating: 1, count: 6), isFinal: false).bytes
        #expect(received(start + [0x80, 0x04, 1, 2, 3, 4], limits: limits) == [.binary([1, 1, 1, 1, 1, 1, 1, 2, 3, 4])])
        #expect(received(start + [0x80, 0x05], limits: limits) == [.failed(.messageTooLarge(length: 11, limit: 10))])
        #expect(received([0x82, 0x0B], limits: limits) == [.failed(.messageTooLarge(length: 11, limit: 10))])
    }

    @Test("a message of too many frames is refused, even of empty ones")
    func framesLimit() {
        var limits = WebSocketLimits()
        limits.framesPerMessage = 3
        let empty = FrameBuilder(.continuation, isFinal: false).bytes
        let start = FrameBuilder(.text, isFinal: false).bytes + empty
        #expect(received(start + FrameBuilder(.continuation).bytes, limits: limits) == [.text("")])
        #expect(received(start + empty + empty, limits: limits) == [.failed(.tooManyFrames(limit: 3))])
    }
}
