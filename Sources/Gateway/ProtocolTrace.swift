import Discord
import GatewayProtocol
import JSON

/// Writes down what goes over the gateway connections, one line each, with the token left out.
package final class ProtocolTrace {
    package enum Format: Sendable {
        /// A JSON object: `time` in milliseconds since the trace began, `shard`, `dir` (`in`, `out`, `note`), `op`, `t`, `s`, `bytes`,
        /// and the payload: as JSON in `payload`, or in `etf` as hexadecimal digits.
        case json
        /// For the terminal, without the payload.
        case readable
    }

    private let format: Format
    private let write: ([UInt8]) -> Void
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    /// - Parameter write: takes each line, with its newline.
    package init(format: Format, write: @escaping ([UInt8]) -> Void) {
        self.format = format
        self.write = write
        start = clock.now
    }

    func received(_ shard: ShardID, _ envelope: Envelope, _ payload: UnsafeRawBufferPointer, encoding: PayloadEncoding) {
        let name = envelope.name.isEmpty ? nil : String(decoding: payload[envelope.name], as: UTF8.self)
        line(shard, "in", envelope.opcode, name, envelope.sequence, payload.count) { writer in
            switch encoding {
            case .json:
                writer.key("payload")
                writer.raw(payload)
            case .etf:
                writer.key("etf")
                writer.string(Self.hexadecimal(payload))
            }
        }
    }

    func sent(_ shard: ShardID, _ command: GatewayCommand, byteCount: Int) {
        line(shard, "out", command.opcode, nil, nil, byteCount) { writer in
            writer.key("payload")
            writer.raw(command.redacted)
        }
    }

    /// Something that is no payload: a connection's end, our own close.
    func note(_ shard: ShardID, _ text: String) {
        switch format {
        case .readable: write(Array("shard \(shard) -- \(text)\n".utf8))
        case .json:
            var writer = begin(shard, "note")
            writer.key("text")
            writer.string(text)
            end(&writer)
        }
    }

    private func line(
        _ shard: ShardID, _ direction: String, _ opcode: GatewayOpcode, _ name: String?, _ sequence: Int64?, _ byteCount: Int,
        payload: (inout JSONWriter) -> Void
    ) {
        switch format {
        case .readable:
            let arrow = direction == "in" ? "<-" : "->"
            let number = sequence.map { " s=\($0)" } ?? ""
            write(Array("shard \(shard) \(arrow) \(opcode)\(name.map { " \($0)" } ?? "")\(number) \(byteCount) bytes\n".utf8))
        case .json:
            var writer = begin(shard, direction)
            writer.key("op")
            writer.integer(opcode.rawValue)
            if let name {
                writer.key("t")
                writer.string(name)
            }
            if let sequence {
                writer.key("s")
                writer.integer(sequence)
            }
            writer.key("bytes")
            writer.integer(byteCount)
            payload(&writer)
            end(&writer)
        }
    }

    private func begin(_ shard: ShardID, _ direction: String) -> JSONWriter {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("time")
        writer.integer(Int64((clock.now - start) / .milliseconds(1)))
        writer.key("shard")
        writer.integer(shard.index)
        writer.key("dir")
        writer.string(direction)
        return writer
    }

    private func end(_ writer: inout JSONWriter) {
        writer.endObject()
        write(writer.bytes + [UInt8(ascii: "\n")])
    }

    private static func hexadecimal(_ bytes: UnsafeRawBufferPointer) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: bytes.count * 2) { text in
            for (index, byte) in bytes.enumerated() {
                text[index * 2] = digits[Int(byte >> 4)]
                text[index * 2 + 1] = digits[Int(byte & 15)]
            }
            return bytes.count * 2
        }
    }
}

@available(*, unavailable) extension ProtocolTrace: Sendable {}
