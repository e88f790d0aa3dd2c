import Gateway
import TestSupport
import Testing

/// Streams made by programs that link none of our code, cut in two at every byte.
@Suite("Streams of Python's zlib and of the zstd command", .enabled(if: PeerProcess.exists("python3") && PeerProcess.exists("zstd")))
struct ReferenceToolTests {
    private static let payloads = [
        Array(#"{"op":10,"d":{"heartbeat_interval":41250}}"#.utf8),
        Array(#"{"t":"MESSAGE_CREATE","s":3,"op":0,"d":{"content":"héllo"}}"#.utf8),
        [UInt8](repeating: UInt8(ascii: "a"), count: 3000), Array(#"{"op":11}"#.utf8),
    ]

    /// What a program writes to its standard output, as hexadecimal digits in one line.
    private func output(_ program: String, _ arguments: [String]) throws -> [UInt8] {
        let process = try PeerProcess(program, arguments)
        let line = Array((process.readLine() ?? "").utf8.filter { $0 != UInt8(ascii: " ") })
        return stride(from: 0, to: line.count, by: 2).compactMap { UInt8(String(decoding: line[$0..<$0 + 2], as: UTF8.self), radix: 16) }
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test("zlib-stream at every level, window and strategy", arguments: [
        "-1, zlib.DEFLATED, 15, 8, 0", "0, zlib.DEFLATED, 15, 8, 0", "1, zlib.DEFLATED, 9, 1, 0", "9, zlib.DEFLATED, 12, 9, 0",
        "6, zlib.DEFLATED, 15, 8, zlib.Z_HUFFMAN_ONLY", "6, zlib.DEFLATED, 15, 8, zlib.Z_FIXED", "6, zlib.DEFLATED, 10, 8, zlib.Z_RLE",
    ])
    func zlib(parameters: String) throws {
        let script = """
            import sys, zlib
            deflater = zlib.compressobj(\(parameters))
            payloads = [bytes.fromhex(text) for text in sys.argv[1:]]
            print(b"".join(deflater.compress(payload) + deflater.flush(zlib.Z_SYNC_FLUSH) for payload in payloads).hex())
            """
        let bytes = try output("python3", ["-c", script] + Self.payloads.map(Self.hex))
        try #require(bytes.count > 100)
        for boundary in 0...bytes.count {
            let stream = ZlibStream(into: InflateBuffer(), limit: 1 << 20)
            var found: [[UInt8]] = []
            for part in [bytes[..<boundary], bytes[boundary...]] {
                try part.withUnsafeBytes { part in
                    var rest = part
                    while let payload = try stream.next(&rest) { found.append(Array(payload)) }
                }
            }
            #expect(found == Self.payloads, "cut at \(boundary)")
        }
    }

    @Test("zstd-stream at several levels, with and without a checksum, and with a large window", arguments: [
        "-1", "-19 --check", "--no-check -3", "--ultra -22 --long=27", "--fast=5",
    ])
    func zstd(options: String) throws {
        let all = Self.payloads.flatMap { $0 }
        let escaped = all.map { byte in
            let octal = String(byte, radix: 8)
            return "\\" + String(repeating: "0", count: 3 - octal.count) + octal
        }.joined()
        let bytes = try output("sh", ["-c", "printf '\(escaped)' | zstd -q -c \(options) | od -An -v -tx1 | tr -d '\\n'; echo"])
        try #require(bytes.count > 50)
        for boundary in 0...bytes.count {
            let stream = try ZstdStream(into: InflateBuffer(), limit: 1 << 20)
            var found: [UInt8] = []
            for part in [bytes[..<boundary], bytes[boundary...]] {
                try part.withUnsafeBytes { found += try stream.payload(of: $0) }
            }
            #expect(found == all, "cut at \(boundary)")
        }
    }
}
