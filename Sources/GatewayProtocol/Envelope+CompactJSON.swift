import JSON

extension Envelope {
    /// Scans the form in which Discord writes every payload: no white space, the four known members in any order, each once or
    /// more. `nil` for any other form, which the general scan then reads or refuses.
    ///
    /// This runs once per event of every shard, before anything is known about it, hence words instead of keys.
    static func scanCompactJSON(_ bytes: UnsafeRawBufferPointer) -> Findings? {
        guard let start = bytes.baseAddress, bytes.count > 2 else { return nil }
        // The last brace also ends every loop below: it is neither digit nor part of a word.
        let last = start + bytes.count - 1
        guard start.load(as: UInt8.self) == UInt8(ascii: "{"), last.load(as: UInt8.self) == UInt8(ascii: "}") else { return nil }
        var findings = Findings()
        var cursor = start + 1
        while true {
            // The shortest member is `"s":0`.
            guard last - cursor >= 5 else { return nil }
            let word = cursor.loadUnaligned(as: UInt32.self).littleEndian
            cursor += 4
            switch word {
            case Word.opcode:
                guard cursor.load(as: UInt8.self) == UInt8(ascii: ":"), let value = digits(&cursor, after: 1) else { return nil }
                findings.opcode = value
                findings.found(.opcode)
            case Word.sequence:
                findings.sequence = nil
                if !isNull(&cursor, last) {
                    guard let value = digits(&cursor, after: 0) else { return nil }
                    findings.sequence = value
                }
                findings.found(.sequence)
            case Word.name:
                findings.name = 0..<0
                if !isNull(&cursor, last) {
                    guard let end = plainStringEnd(cursor, last) else { return nil }
                    findings.name = cursor + 1 - start..<end - start
                    cursor = end + 1
                }
                findings.found(.name)
            case Word.data:
                if findings.isComplete {
                    guard cursor.load(as: UInt8.self) == UInt8(ascii: "{") else { return nil }
                    findings.data = cursor - start..<last - start
                    return findings
                }
                guard let end = JSONScan.valueEnd(from: cursor, to: last) else { return nil }
                findings.data = cursor - start..<end - start
                cursor = end
            default:
                return nil
            }
            if cursor == last { return findings }
            guard cursor.load(as: UInt8.self) == UInt8(ascii: ",") else { return nil }
            cursor += 1
        }
    }

    /// The keys with their quotes and colon, as four bytes in memory order.
    private enum Word {
        static let opcode: UInt32 = 0x2270_6F22  // "op"
        static let sequence: UInt32 = 0x3A22_7322  // "s":
        static let name: UInt32 = 0x3A22_7422  // "t":
        static let data: UInt32 = 0x3A22_6422  // "d":
        static let null: UInt32 = 0x6C6C_756E
    }

    @inline(__always)
    private static func isNull(_ cursor: inout UnsafeRawPointer, _ last: UnsafeRawPointer) -> Bool {
        guard last - cursor >= 4, cursor.loadUnaligned(as: UInt32.self).littleEndian == Word.null else { return false }
        cursor += 4
        return true
    }

    /// A number of one to 18 digits without leading zero.
    @inline(__always)
    private static func digits(_ cursor: inout UnsafeRawPointer, after offset: Int) -> Int64? {
        cursor += offset
        let first = cursor
        var value: Int64 = 0
        while true {
            let digit = cursor.load(as: UInt8.self) &- 0x30
            guard digit <= 9, cursor - first < 18 else { break }
            value = value &* 10 &+ Int64(digit)
            cursor += 1
        }
        let count = cursor - first
        guard count == 1 || count > 1 && first.load(as: UInt8.self) != 0x30 else { return nil }
        return value
    }

    /// The closing quote of a string without escapes that begins at `cursor`.
    @inline(__always)
    private static func plainStringEnd(_ cursor: UnsafeRawPointer, _ last: UnsafeRawPointer) -> UnsafeRawPointer? {
        guard cursor.load(as: UInt8.self) == UInt8(ascii: "\"") else { return nil }
        let end = JSONScan.stringStop(from: cursor + 1, to: last)
        return end < last && end.load(as: UInt8.self) == UInt8(ascii: "\"") ? end : nil
    }
}
