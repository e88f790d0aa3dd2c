/// Makes inputs out of inputs as a fuzzer does, the same ones in every run.
struct Mutator {
    private var state: UInt64 = 1
    private let inputs: [[UInt8]]

    init(_ inputs: [[UInt8]]) { self.inputs = inputs }

    /// One of the inputs with up to six changes.
    mutating func next() -> [UInt8] {
        var bytes = inputs[below(inputs.count)]
        for _ in 0...below(6) { change(&bytes) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return bytes.append(byte()) }
        let place = below(bytes.count)
        switch below(7) {
        case 0: bytes[place] ^= 1 << UInt8(below(8))
        case 1: bytes[place] = byte()
        case 2: bytes.insert(byte(), at: place)
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(8)))
        case 4: bytes.removeSubrange(place...)
        case 5: bytes.insert(contentsOf: Array(bytes[place..<min(bytes.count, place + 1 + below(16))]), at: below(bytes.count))
        default:
            let other = inputs[below(inputs.count)]
            guard !other.isEmpty else { return }
            let start = below(other.count)
            bytes.insert(contentsOf: other[start..<min(other.count, start + 1 + below(32))], at: place)
        }
    }

    /// Any byte, and often one that a parser looks for.
    private mutating func byte() -> UInt8 {
        let likely = Array("{}[]\",:\\\r\n\0%()-*0189eE+.=/; ".utf8) + [0x7F, 0x80, 0x83, 0xFF]
        return below(2) == 0 ? UInt8(below(256)) : likely[below(likely.count)]
    }

    private mutating func below(_ count: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(count))
    }
}
