import Testing
import WebSocketProtocol

@Suite("RFC 3629: UTF-8 in pieces")
struct UTF8ValidatorTests {
    /// `nil` when the text is wrong at some byte, else whether it is complete.
    private func verdict(_ bytes: [UInt8], chunk: Int = .max) -> Bool? {
        var validator = UTF8Validator()
        var start = 0
        while start < bytes.count {
            let end = start + min(chunk, bytes.count - start)
            guard Array(bytes[start..<end]).withUnsafeBytes({ validator.accept($0) }) else { return nil }
            start = end
        }
        return validator.isComplete
    }

    @Test("well-formed text at the bounds of each length", arguments: [
        [], [0x00], [0x7F], [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xEC, 0xBF, 0xBF], [0xED, 0x80, 0x80], [0xED, 0x9F, 0xBF],
        [0xEE, 0x80, 0x80], [0xEF, 0xBF, 0xBD], [0xEF, 0xBF, 0xBF], [0xF0, 0x90, 0x80, 0x80], [0xF3, 0xBF, 0xBF, 0xBF],
        [0xF4, 0x8F, 0xBF, 0xBF], [0xEF, 0xB7, 0x90], [0xCE, 0xBA, 0xE1, 0xBD, 0xB9, 0xCF, 0x83, 0xCE, 0xBC, 0xCE, 0xB5],
    ] as [[UInt8]])
    func valid(bytes: [UInt8]) {
        for chunk in 1...5 { #expect(verdict(bytes, chunk: chunk) == true) }
    }

    @Test("overlong forms, surrogates, values above U+10FFFF and stray bytes", arguments: [
        [0x80], [0xBF], [0xC0, 0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
        [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
        [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFC, 0x84], [0xFE], [0xFF], [0xC2, 0x41], [0xE1, 0x80, 0x41], [0xF1, 0x80, 0x80, 0x41],
        [0xC2, 0xC2], [0x41, 0x80],
    ] as [[UInt8]])
    func invalid(bytes: [UInt8]) {
        for chunk in 1...5 { #expect(verdict(bytes, chunk: chunk) == nil) }
        // The same after enough ASCII to be on the fast path, at each alignment.
        for padding in 0..<40 { #expect(verdict([UInt8](repeating: 0x61, count: padding) + bytes) == nil) }
    }

    @Test("a character cut short is incomplete, not wrong", arguments: [
        [0xC2], [0xE1], [0xE1, 0x80], [0xF1], [0xF1, 0x80], [0xF1, 0x80, 0x80], [0xF4, 0x8F], [0xED, 0x9F],
    ] as [[UInt8]])
    func incomplete(bytes: [UInt8]) {
        #expect(verdict(bytes) == false)
    }

    @Test("fails on the very byte that makes the text wrong", arguments: [
        ([0xE0, 0x9F], 1), ([0xED, 0xA0], 1), ([0xF0, 0x8F], 1), ([0xF4, 0x90], 1), ([0xC0], 0), ([0xF5], 0), ([0x61, 0xFF], 1),
    ] as [([UInt8], Int)])
    func earliest(bytes: [UInt8], index: Int) {
        #expect(verdict(Array(bytes[..<index])) != nil)
        #expect(verdict(Array(bytes[...index])) == nil)
    }

    @Test("agrees with the standard library on every text of two bytes, and on those of three and four that touch a bound of table 3-7")
    func exhaustive() {
        var wrong = 0
        func compare(_ bytes: [UInt8]) {
            let expected = String(validating: bytes, as: UTF8.self) != nil
            if (verdict(bytes) == true) != expected { wrong += 1 }
        }
        let interesting: [UInt8] = [0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED,
                                    0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF7, 0xF8, 0xFF]
        for a in UInt8.min...UInt8.max {
            compare([a])
            for b in UInt8.min...UInt8.max { compare([a, b]) }
        }
        for a in interesting {
            for b in interesting {
                for c in [0x41, 0x7F, 0x80, 0xBF, 0xC0, 0xE1] as [UInt8] {
                    compare([a, b, c])
                    for d in [0x41, 0x7F, 0x80, 0xBF, 0xC0] as [UInt8] { compare([a, b, c, d]) }
                }
            }
        }
        #expect(wrong == 0)
    }
}
