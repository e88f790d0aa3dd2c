import WebSocketProtocol

/// Builds the frames of the peer, right or wrong, byte by byte and without the encoder under test.
struct FrameBuilder {
    var opcode: UInt8
    var payload: [UInt8] = []
    var isFinal = true
    var reserved: UInt8 = 0
    var mask: [UInt8]?
    /// Total bytes of the length field: 1, 3 or 9; `nil` for the shortest.
    var lengthForm: Int?

    init(_ opcode: FrameOpcode, _ payload: [UInt8] = [], isFinal: Bool = true, mask: [UInt8]? = nil) {
        self.opcode = opcode.rawValue
        self.payload = payload
        self.isFinal = isFinal
        self.mask = mask
    }

    init(_ opcode: FrameOpcode, text: String, isFinal: Bool = true, mask: [UInt8]? = nil) {
        self.init(opcode, Array(text.utf8), isFinal: isFinal, mask: mask)
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = [(isFinal ? 0x80 : 0) | reserved | opcode]
        let masked: UInt8 = mask == nil ? 0 : 0x80
        let form = lengthForm ?? (payload.count < 126 ? 1 : payload.count < 65536 ? 3 : 9)
        switch form {
        case 1: bytes.append(masked | UInt8(payload.count))
        case 3: bytes += [masked | 126] + Self.bigEndian(payload.count, 2)
        default: bytes += [masked | 127] + Self.bigEndian(payload.count, 8)
        }
        guard let mask else { return bytes + payload }
        return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    static func bigEndian(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
    }
}
