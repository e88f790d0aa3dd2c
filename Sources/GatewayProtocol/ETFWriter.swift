package import JSON

/// Appends external terms to a byte array in the forms Discord accepts from clients: binary keys (an atom key is close code
/// 4002), texts and ids as binaries, no compressed terms (docs, Gateway › Encoding and Compression › ETF).
package struct ETFWriter {
    package private(set) var bytes: [UInt8]

    /// Appends after what `bytes` already holds, keeping its capacity.
    package init(appendingTo bytes: consuming [UInt8] = []) { self.bytes = bytes }

    /// Writes `value` as a term of its own, with the version byte.
    package mutating func term(_ value: JSONValue) {
        bytes.append(ETFTag.version)
        self.value(value)
    }

    /// Writes `value` without a version byte. A double that is not finite has no term and becomes `nil`.
    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: atom("nil")
        case .bool(let flag): atom(flag ? "true" : "false")
        case .integer(let number): integer(number)
        case .double(let number): double(number)
        case .string(let text): binary(text)
        case .array(let elements):
            if !elements.isEmpty {
                bytes.append(ETFTag.list)
                append(UInt32(elements.count))
                for element in elements { self.value(element) }
            }
            // The empty list, or the tail of a proper one.
            bytes.append(ETFTag.empty)
        case .object(let object):
            bytes.append(ETFTag.map)
            append(UInt32(object.members.count))
            for (key, member) in object.members {
                binary(key)
                self.value(member)
            }
        }
    }

    private mutating func atom(_ name: String) {
        bytes.append(ETFTag.smallAtom)
        bytes.append(UInt8(name.utf8.count))
        bytes.append(contentsOf: name.utf8)
    }

    private mutating func binary(_ text: String) {
        bytes.append(ETFTag.binary)
        append(UInt32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func integer(_ number: Int64) {
        if let byte = UInt8(exactly: number) {
            bytes.append(ETFTag.smallInteger)
            bytes.append(byte)
        } else if let word = Int32(exactly: number) {
            bytes.append(ETFTag.integer)
            append(UInt32(bitPattern: word))
        } else {
            let magnitude = number.magnitude
            let count = (64 - magnitude.leadingZeroBitCount + 7) / 8
            bytes.append(ETFTag.smallBig)
            bytes.append(UInt8(count))
            bytes.append(number < 0 ? 1 : 0)
            for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: magnitude >> (8 * index))) }
        }
    }

    private mutating func double(_ number: Double) {
        guard number.isFinite else { return atom("nil") }
        bytes.append(ETFTag.newFloat)
        withUnsafeBytes(of: number.bitPattern.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func append(_ word: UInt32) {
        withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
