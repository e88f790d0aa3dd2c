/// A number as it lies in the text, its grammar checked (RFC 8259 §6). Valid as long as the reader's buffer.
package struct JSONNumber {
    package let raw: UnsafeRawBufferPointer
    /// Whether it has neither fraction nor exponent.
    package let isInteger: Bool

    /// The value, when `isInteger` and 64 bits hold it.
    package var integer: Int64? {
        guard isInteger else { return nil }
        let isNegative = raw[0] == UInt8(ascii: "-")
        var value: Int64 = 0
        // Built on the negative side, which reaches one further.
        for byte in raw.dropFirst(isNegative ? 1 : 0) {
            let (tens, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, carried) = tens.subtractingReportingOverflow(Int64(byte &- 0x30))
            guard !overflowed, !carried else { return nil }
            value = sum
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    /// The value, correctly rounded; `nil` beyond the range of a double.
    package var double: Double? {
        if let exact = exactDouble { return exact }
        guard let value = Double(String(decoding: raw, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    /// The value by Clinger's fast path: significand and power of ten are both exact doubles, so one operation rounds once.
    private var exactDouble: Double? {
        var significand: UInt64 = 0
        var exponent = 0
        var written = 0
        var isFraction = false, isNegativeExponent = false, inExponent = false
        for byte in raw {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9") where inExponent:
                written = written * 10 + Int(byte &- 0x30)
                guard written <= 400 else { return nil }
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                significand = significand * 10 + UInt64(byte &- 0x30)
                guard significand <= 1 << 53 else { return nil }
                if isFraction { exponent -= 1 }
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"): inExponent = true
            case UInt8(ascii: "-") where inExponent: isNegativeExponent = true
            default: continue
            }
        }
        exponent += isNegativeExponent ? -written : written
        guard abs(exponent) < JSONNumber.exactPowers.count else { return nil }
        let power = JSONNumber.exactPowers[abs(exponent)]
        let magnitude = exponent < 0 ? Double(significand) / power : Double(significand) * power
        return raw[0] == UInt8(ascii: "-") ? -magnitude : magnitude
    }

    /// The powers of ten that a double holds exactly.
    private static let exactPowers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]
}
