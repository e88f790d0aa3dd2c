/// An integer as it lies in the term: any size, magnitude in little-endian bytes. Valid as long as the reader's buffer.
package struct ETFInteger {
    /// Bytes of a magnitude that are turned into digits; Discord never needs more than 8.
    static let maximumByteCount = 64

    let isNegative: Bool
    /// The magnitude when it has at most 8 significant bytes.
    let magnitude: UInt64?
    private let bytes: UnsafeRawBufferPointer

    init(_ value: Int32) {
        isNegative = value < 0
        magnitude = UInt64(value.magnitude)
        bytes = UnsafeRawBufferPointer(start: nil, count: 0)
    }

    init(isNegative: Bool, bytes: UnsafeRawBufferPointer) {
        self.isNegative = isNegative
        self.bytes = bytes
        magnitude = bytes.dropFirst(8).allSatisfy { $0 == 0 } ? bytes.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) } : nil
    }

    /// The value when 64 bits hold it.
    package var integer: Int64? {
        guard let magnitude else { return nil }
        if !isNegative { return Int64(exactly: magnitude) }
        return magnitude <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
    }

    /// Whether a double holds it exactly, as every number in Discord's JSON: beyond that JSON has a decimal string, an id or a
    /// bit set, so a reader of ETF must make one too.
    package var isNumber: Bool { magnitude.map { $0 <= 1 << 53 } ?? false }

    /// The decimal digits; `nil` beyond 64 bytes of magnitude, which would cost quadratic time.
    package var decimal: String? {
        let sign = isNegative ? "-" : ""
        if let magnitude { return magnitude == 0 ? "0" : sign + String(magnitude) }
        guard bytes.count <= ETFInteger.maximumByteCount else { return nil }
        // Long division by ten, from the most significant byte; digits come out last first.
        var rest = Array(bytes.reversed())
        var digits: [UInt8] = []
        while let first = rest.firstIndex(where: { $0 != 0 }) {
            var remainder = 0
            for index in first..<rest.count {
                let part = remainder << 8 | Int(rest[index])
                rest[index] = UInt8(part / 10)
                remainder = part % 10
            }
            digits.append(UInt8(remainder) + 0x30)
        }
        return sign + String(decoding: digits.reversed(), as: UTF8.self)
    }
}
