import Testing
import WebSocketDeflate
import WebSocketProtocol

@Suite("RFC 7692 §7.2: messages compressed by zlib")
struct CompressedMessagesTests {
    private func machine(
        _ role: Role, _ parameters: DeflateParameters = DeflateParameters(), limits: WebSocketLimits = WebSocketLimits()
    ) throws -> WebSocketMachine {
        WebSocketMachine(role: role, limits: limits, compression: try MessageCompression.zlib(parameters, role: role))
    }

    private func frame(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
        precondition(payload.count < 126)
        return [first, UInt8(payload.count)] + payload
    }

    /// Messages and faults, in order, as text.
    private func events(_ machine: inout WebSocketMachine, _ bytes: [UInt8], chunk: Int = .max) -> [String] {
        var events: [String] = []
        var start = 0
        while start < bytes.count {
            let end = start + min(chunk, bytes.count - start)
            let isFailed = Array(bytes[start..<end]).withUnsafeBytes { piece in
                var input = piece
                do throws(WebSocketError) {
                    while let event = try machine.next(&input) {
                        switch event {
                        case .text(let bytes), .binary(let bytes): events.append(String(decoding: bytes, as: UTF8.self))
                        case .ping(let bytes): events.append("ping " + String(decoding: bytes, as: UTF8.self))
                        case .pong, .close: Issue.record("not expected")
                        }
                    }
                    return false
                } catch {
                    events.append("\(error.closeCode): \(error)")
                    return true
                }
            }
            if isFailed { break }
            start = end
        }
        return events
    }

    private func sent(_ machine: inout WebSocketMachine, _ text: String, fragmentSize: Int = .max) throws -> [UInt8] {
        var text = text
        var output: [UInt8] = []
        try text.withUTF8 { try machine.send(.text, UnsafeRawBufferPointer($0), fragmentSize: fragmentSize, into: &output) }
        return output
    }

    private static let chunks = [1, 2, 3, 7, Int.max]

    // MARK: §7.2.3 examples

    @Test("§7.2.3.1 one compressed block, whole and in two fragments", arguments: chunks)
    func oneBlock(chunk: Int) throws {
        var client = try machine(.client)
        let whole = frame(0xC1, [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00])
        let fragments = frame(0x41, [0xf2, 0x48, 0xcd]) + frame(0x80, [0xc9, 0xc9, 0x07, 0x00])
        #expect(events(&client, whole + fragments, chunk: chunk) == ["Hello", "Hello"])
    }

    @Test("§7.2.3.2 the window is shared between messages, unless the server promised to forget it")
    func sharedWindow() throws {
        let first = frame(0xC1, [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00])
        let second = frame(0xC1, [0xf2, 0x00, 0x11, 0x00, 0x00])
        var client = try machine(.client)
        #expect(events(&client, first + second) == ["Hello", "Hello"])
        var forgetful = try machine(.client, DeflateParameters(serverForgetsContext: true))
        #expect(events(&forgetful, first + first) == ["Hello", "Hello"])
        #expect(events(&forgetful, second) == ["1007: invalid compressed data: invalid distance too far back"])
    }

    @Test("§7.2.3.3 a block without compression", arguments: chunks)
    func storedBlock(chunk: Int) throws {
        var client = try machine(.client)
        let stored = frame(0xC1, [0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00])
        #expect(events(&client, stored, chunk: chunk) == ["Hello"])
    }

    @Test("§7.2.3.4 a block with BFINAL does not end the window", arguments: chunks)
    func finalBlock(chunk: Int) throws {
        var client = try machine(.client)
        let final = frame(0xC1, [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00])
        let referring = frame(0xC1, [0xf2, 0x00, 0x11, 0x00, 0x00])
        #expect(events(&client, final + referring + final, chunk: chunk) == ["Hello", "Hello", "Hello"])
    }

    @Test("§7.2.3.5 two blocks in one message", arguments: chunks)
    func twoBlocks(chunk: Int) throws {
        var client = try machine(.client)
        let blocks = frame(0xC1, [0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00])
        #expect(events(&client, blocks, chunk: chunk) == ["Hello"])
    }

    @Test("§7.2.3.6 an empty message is one zero byte, in both directions")
    func emptyMessage() throws {
        var client = try machine(.client)
        #expect(events(&client, frame(0xC1, [0x00])) == [""])
        var server = try machine(.server)
        #expect(try sent(&server, "") == [0xC1, 0x01, 0x00])
        #expect(try sent(&server, "Hello") == frame(0xC1, [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]))
        #expect(try sent(&server, "") == [0xC1, 0x01, 0x00])
        #expect(try sent(&server, "Hello") == frame(0xC1, [0xf2, 0x00, 0x11, 0x00, 0x00]))
    }

    // MARK: §6 framing

    @Test("§6 RSV1 is for the first frame of a data message only")
    func reservedBit() throws {
        for wrong in [frame(0x41, [0xf2]) + frame(0xC0, [0x00]), frame(0xC9, []), frame(0xCA, []), frame(0xC8, [])] {
            var client = try machine(.client)
            #expect(events(&client, wrong) == ["1002: reserved bits 0x40 set"])
        }
        var client = try machine(.client)
        #expect(events(&client, frame(0xA1, [])) == ["1002: reserved bits 0x20 set"])
        var without = WebSocketMachine(role: .client)
        #expect(events(&without, frame(0xC1, [0x00])) == ["1002: reserved bits 0x40 set"])
    }

    @Test("§6 messages without RSV1 are not compressed, and control frames stand between fragments", arguments: chunks)
    func mixed(chunk: Int) throws {
        var client = try machine(.client)
        let bytes = frame(0x81, Array("plain".utf8)) + frame(0x41, [0xf2, 0x48, 0xcd]) + frame(0x89, Array("p".utf8))
            + frame(0x80, [0xc9, 0xc9, 0x07, 0x00]) + frame(0x81, Array("plain".utf8))
        #expect(events(&client, bytes, chunk: chunk) == ["plain", "ping p", "Hello", "plain"])
    }

    // MARK: Both ends of ours

    /// Text with repetitions near and far, so that windows of every size matter.
    private static let texts: [String] = {
        var state: UInt64 = 42
        return (0..<15).map { index in
            var text = ""
            for _ in 0..<(index * 37) {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += ["MESSAGE_CREATE", "é", "{\"id\":", "\(state >> 48)", "🌕", ",", "null"][Int(state >> 33) % 7]
            }
            return text
        }
    }()

    @Test("every combination of windows and takeover carries messages both ways", arguments: [8, 9, 10, 12, 15], [8, 9, 11, 15])
    func parameters(serverBits: Int, clientBits: Int) throws {
        for forgets in [false, true] {
            let parameters = DeflateParameters(
                serverForgetsContext: forgets, clientForgetsContext: forgets, serverWindowBits: serverBits, clientWindowBits: clientBits)
            var client = try machine(.client, parameters)
            var server = try machine(.server, parameters)
            for (index, text) in Self.texts.enumerated() {
                let fragmentSize = [1, 100, Int.max][index % 3]
                let chunk = [11, 4096, Int.max][index / 3 % 3]
                #expect(events(&server, try sent(&client, text, fragmentSize: fragmentSize), chunk: chunk) == [text])
                #expect(events(&client, try sent(&server, text, fragmentSize: fragmentSize), chunk: chunk) == [text])
            }
        }
    }

    @Test("a message sent fragment by fragment is one compressed message, empty fragments included")
    func fragments() throws {
        var server = try machine(.server)
        var client = try machine(.client)
        for pieces in [["a", "", "b"], ["", "ab"], ["ab", ""], [""], ["", ""], Self.texts] {
            var output: [UInt8] = []
            for (index, piece) in pieces.enumerated() {
                try Array(piece.utf8).withUnsafeBytes {
                    try server.sendFragment(.text, $0, isLast: index == pieces.count - 1, into: &output)
                }
            }
            #expect(events(&client, output) == [pieces.joined()])
        }
    }

    // MARK: Hostile data

    @Test("data that is not DEFLATE fails the connection with 1007", arguments: chunks)
    func corrupt(chunk: Int) throws {
        var client = try machine(.client)
        #expect(events(&client, frame(0xC1, [0xFF, 0xFF, 0xFF, 0xFF]), chunk: chunk) == ["1007: invalid compressed data: invalid block type"])
    }

    @Test("text that is not UTF-8 once inflated fails before its message is complete")
    func invalidText() throws {
        var server = try machine(.server)
        var output: [UInt8] = []
        try [0x61, 0xFF, 0x62].withUnsafeBytes { try server.send(.binary, $0, into: &output) }
        output[0] = 0x41
        var client = try machine(.client)
        #expect(events(&client, output) == ["1007: text is not UTF-8"])
    }

    @Test("a bomb is refused at the limit, without being unpacked", arguments: [1, 100, Int.max])
    func bomb(chunk: Int) throws {
        var limits = WebSocketLimits()
        limits.messageSize = 100_000
        var server = try machine(.server)
        var output: [UInt8] = []
        try [UInt8](repeating: 0, count: 10_000_000).withUnsafeBytes { try server.send(.binary, $0, into: &output) }
        #expect(output.count < 10_100)
        var client = try machine(.client, limits: limits)
        #expect(events(&client, output, chunk: chunk) == ["1009: message of 100001 bytes or more, limit 100000"])

        var exact = try machine(.server)
        var fitting: [UInt8] = []
        try [UInt8](repeating: 0x61, count: 100_000).withUnsafeBytes { try exact.send(.binary, $0, into: &fitting) }
        var another = try machine(.client, limits: limits)
        #expect(events(&another, fitting, chunk: chunk).map(\.utf8.count) == [100_000])
    }

    @Test("a peer that reaches back beyond its window is refused")
    func windowPassed() throws {
        // Two copies of 300 different bytes: the second refers 300 back, which a window of 256 does not hold.
        let letters = (0..<300).map { (index: Int) -> UInt8 in UInt8(33 + (index * index / 7 + index) % 90) }
        let text = String(decoding: letters, as: UTF8.self)
        var wide = try machine(.server, DeflateParameters(serverWindowBits: 15))
        let bytes = try sent(&wide, text + text)
        var narrow = try machine(.client, DeflateParameters(serverWindowBits: 8))
        #expect(events(&narrow, bytes) == ["1007: invalid compressed data: invalid distance too far back"])
    }
}
