import JSON

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@testable import Simulator

/// A connection that upgrades, identifies and then reads nothing, without TLS: two writes on a socket.
struct StalledBot {
    private let descriptor: CInt

    /// Connects to the program that said it is `ready`.
    init(_ ready: JSONValue) throws {
        guard let token = ready["token"]?.stringValue, let url = ready["gateway_url"]?.stringValue,
            let port = url.split(separator: ":").last.flatMap({ UInt16($0) }) else { throw SimulatorFailure("no gateway in \(ready)") }
        #if canImport(Glibc)
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        #else
        descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard code == 0 else { throw SimulatorFailure("cannot connect: \(String(cString: strerror(errno)))") }
        let upgrade = "GET /?v=10&encoding=json HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        let identify: JSONValue = ["op": 2, "d": ["token": .string(token), "intents": 53_608_447, "properties": [:]]]
        let payload = identify.serialized
        // Masked with zeros; longer than 125 bytes, so with an extended length.
        let frame = [0x81, 0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF), 0, 0, 0, 0] + payload
        try send(Array(upgrade.utf8))
        // The frame must not come before the upgrade is through.
        var byte: UInt8 = 0
        guard read(descriptor, &byte, 1) == 1 else { throw SimulatorFailure("no upgrade") }
        try send(frame)
    }

    func close() {
        #if canImport(Glibc)
        Glibc.close(descriptor)
        #else
        Darwin.close(descriptor)
        #endif
    }

    private func send(_ bytes: [UInt8]) throws {
        guard write(descriptor, bytes, bytes.count) == bytes.count else { throw SimulatorFailure("cannot write") }
    }
}
