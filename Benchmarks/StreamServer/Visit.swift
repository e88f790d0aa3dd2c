import COpenSSL
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Serves one connection on its thread: the few REST routes that a bot needs, and the gateway.
struct Visit {
    let channel: SecureChannel
    let server: StreamServer
    private var input: [UInt8] = []

    init(_ channel: SecureChannel, _ server: StreamServer) {
        (self.channel, self.server) = (channel, server)
    }

    mutating func serve() {
        while let head = readHead() {
            let path = String(head.split(separator: " ").dropFirst().first ?? "/")
            if let key = field("Sec-WebSocket-Key", in: head) {
                guard channel.write(Self.acceptance(of: key)) else { return }
                return path.hasPrefix("/idle") ? stayIdle(path) : stream(path)
            }
            let length = field("Content-Length", in: head).flatMap { Int($0) } ?? 0
            while input.count < length { guard channel.read(into: &input) else { return } }
            input.removeFirst(length)
            guard channel.write(answer(to: path)) else { return }
        }
    }

    // MARK: HTTP

    private mutating func readHead() -> String? {
        while true {
            if let end = Self.end(of: input) {
                defer { input.removeFirst(end) }
                return String(decoding: input[..<end], as: UTF8.self)
            }
            guard channel.read(into: &input) else { return nil }
        }
    }

    private static func end(of head: [UInt8]) -> Int? {
        guard head.count >= 4 else { return nil }
        return (4...head.count).first { head[($0 - 4)..<$0].elementsEqual([13, 10, 13, 10]) }
    }

    private func field(_ name: String, in head: String) -> String? {
        for line in head.split(separator: "\r\n") where line.lowercased().hasPrefix(name.lowercased() + ":") {
            return String(line.dropFirst(name.count + 1).drop { $0 == " " })
        }
        return nil
    }

    private func answer(to path: String) -> String {
        let body = if path.hasSuffix("/gateway/bot") {
            #"{"url":"\#(server.url)","shards":1,"session_start_limit":{"total":1000,"remaining":999,"reset_after":14400000,"max_concurrency":1}}"#
        } else if path.hasSuffix("/applications/@me") {
            #"{"id":"912345678901234567","name":"bench","flags":565248}"#
        } else {
            "{}"
        }
        return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// RFC 6455 §4.2.2.
    private static func acceptance(of key: String) -> String {
        let text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        var digest = [UInt8](repeating: 0, count: 20)
        EVP_Digest(text, text.utf8.count, &digest, nil, EVP_sha1(), nil)
        var encoded = [UInt8](repeating: 0, count: 29)
        EVP_EncodeBlock(&encoded, digest, 20)
        let accept = String(decoding: encoded.dropLast(), as: UTF8.self)
        return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: \(accept)\r\n\r\n"
    }

    // MARK: Gateway

    private static func format(of path: String) -> StreamCompressor.Format {
        StreamCompressor.Format.allCases.first { path.contains("compress=\($0.rawValue)") } ?? .none
    }

    /// Sends the whole stream once the client has identified itself, then waits until it goes. It acknowledges no heartbeat: a client takes any event
    /// for a sign of life, and the stream is over before the second beat.
    private mutating func stream(_ path: String) {
        guard let stream = server.streams[Self.format(of: path)] else { return }
        let recordPerEvent = path.hasPrefix("/record-per-event")
        guard send(stream.greeting, recordPerEvent), awaitOpcode(2), send(stream.login, recordPerEvent) else { return }
        usleep(500_000)
        guard send(stream.start, recordPerEvent) else { return }
        usleep(100_000)
        guard send(stream.events, recordPerEvent) else { return }
        while readFrame() != nil {}
    }

    private func send(_ segment: EventStream.Segment, _ recordPerEvent: Bool) -> Bool {
        segment.bytes.withUnsafeBytes { bytes in
            guard recordPerEvent else {
                return stride(from: 0, to: bytes.count, by: 16384).allSatisfy {
                    channel.write(UnsafeRawBufferPointer(rebasing: bytes[$0..<min($0 + 16384, bytes.count)]))
                }
            }
            var start = 0
            return segment.frameEnds.allSatisfy { end in
                defer { start = end }
                return channel.write(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            }
        }
    }

    /// Says enough to fill a compression window, then only acknowledges heartbeats.
    private mutating func stayIdle(_ path: String) {
        let compressor = StreamCompressor(Self.format(of: path), isSmall: true)
        var mix = EventMix(seed: UInt64.random(in: 0 ... .max))
        func send(_ payload: String) -> Bool {
            var frame: [UInt8] = []
            compressor.appendFrame(of: payload, to: &frame)
            return frame.withUnsafeBytes { channel.write($0) }
        }
        guard send(mix.hello(heartbeatMilliseconds: server.heartbeatMilliseconds)), awaitOpcode(2), send(mix.ready(resumeURL: server.url)) else { return }
        for _ in 0..<60 { guard send(mix.next()) else { return } }
        while let opcode = readFrame() {
            if opcode == 1 { guard send(#"{"t":null,"s":null,"op":11,"d":null}"#) else { return } }
        }
    }

    private mutating func awaitOpcode(_ wanted: Int) -> Bool {
        while let opcode = readFrame() { if opcode == wanted { return true } }
        return false
    }

    /// The gateway opcode of the client's next message, 0 if it has none; `nil` when the client closes or is gone.
    private mutating func readFrame() -> Int? {
        func has(_ count: Int) -> Bool { input.count >= count }
        while true {
            if has(2) {
                let short = Int(input[1] & 0x7F)
                let head = (short == 126 ? 4 : 2) + 4
                if has(head) {
                    let length = short == 126 ? Int(input[2]) << 8 | Int(input[3]) : short
                    if has(head + length) {
                        let key = input[(head - 4)..<head]
                        let text = (0..<length).map { input[head + $0] ^ key[head - 4 + $0 & 3] }
                        let isClose = input[0] & 0x0F == 8
                        input.removeFirst(head + length)
                        return isClose ? nil : Self.opcode(String(decoding: text, as: UTF8.self))
                    }
                }
            }
            guard channel.read(into: &input) else { return nil }
        }
    }

    private static func opcode(_ message: String) -> Int {
        for opcode in [1, 2] where message.contains("\"op\":\(opcode),") || message.contains("\"op\":\(opcode)}") { return opcode }
        return 0
    }
}
