package import Discord
import GatewayProtocol
import JSON

/// Writes down what goes over the gateway connections, one line each, with secrets blanked (`PayloadTrace`).
package final class ProtocolTrace {
    package enum Format: Sendable {
        /// A JSON object: `time` in milliseconds since the trace began, `shard`, and `dir`. For `in` and `out` also `op`, `t`, `s`, the
        /// `bytes` of the payload before compression, and the `payload`, which is JSON in either encoding; `fault` stands for one that is
        /// malformed. For `note`, something that is no payload, its `text`.
        case json
        /// For the terminal, without the payload.
        case readable
    }

    let format: Format
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
        switch format {
        case .readable: readable(shard, "<-", envelope.opcode, name, envelope.sequence, payload.count)
        case .json: json(shard, "in", envelope.opcode, name, envelope.sequence, payload, encoding)
        }
    }

    func sent(_ shard: ShardID, _ opcode: GatewayOpcode, _ payload: UnsafeRawBufferPointer, encoding: PayloadEncoding) {
        switch format {
        case .readable: readable(shard, "->", opcode, nil, nil, payload.count)
        case .json: json(shard, "out", opcode, nil, nil, payload, encoding)
        }
    }

    /// Something that is no payload: a connection's end, our own close. `shard` is `nil` for what concerns all of them.
    package func note(_ shard: ShardID?, _ text: String) {
        switch format {
        case .readable: write(Array("\(shard.map { "shard \($0) " } ?? "")-- \(text)\n".utf8))
        case .json:
            var writer = begin(shard, "note")
            writer.key("text")
            writer.string(text)
            end(&writer)
        }
    }

    private func readable(_ shard: ShardID, _ arrow: String, _ opcode: GatewayOpcode, _ name: String?, _ sequence: Int64?, _ byteCount: Int) {
        let name = name.map { " \(PeerText($0))" } ?? ""
        let sequence = sequence.map { " s=\($0)" } ?? ""
        write(Array("shard \(shard) \(arrow) \(opcode)\(name)\(sequence) \(byteCount) bytes\n".utf8))
    }

    private func json(
        _ shard: ShardID, _ direction: String, _ opcode: GatewayOpcode, _ name: String?, _ sequence: Int64?,
        _ payload: UnsafeRawBufferPointer, _ encoding: PayloadEncoding
    ) {
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
        writer.integer(payload.count)
        do throws(PayloadError) {
            let json = try PayloadTrace.json(of: payload, encoding: encoding)
            writer.key("payload")
            writer.raw(json)
        } catch {
            writer.key("fault")
            writer.string("\(error)")
        }
        end(&writer)
    }

    private func begin(_ shard: ShardID?, _ direction: String) -> JSONWriter {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("time")
        writer.integer(Int64((clock.now - start) / .milliseconds(1)))
        if let shard {
            writer.key("shard")
            writer.integer(shard.index)
        }
        writer.key("dir")
        writer.string(direction)
        return writer
    }

    private func end(_ writer: inout JSONWriter) {
        writer.endObject()
        write(writer.bytes + [UInt8(ascii: "\n")])
    }
}

@available(*, unavailable) extension ProtocolTrace: Sendable {}
