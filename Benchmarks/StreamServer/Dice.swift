/// Repeatable randomness (splitmix64) and what events are made of.
struct Dice {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// At least 0 and below `sides`.
    mutating func roll(_ sides: Int) -> Int { Int(next() >> 33) % sides }

    /// Of something made in the years before.
    mutating func snowflake() -> Int { 700_000_000_000_000_000 + Int(next() >> 5) % 600_000_000_000_000_000 }

    /// Of something made just now.
    mutating func snowflake(at time: Int) -> Int { 1_434_000_000_000_000_000 + time << 22 + roll(4096) }

    mutating func hex(_ count: Int) -> String {
        var text = ""
        text.reserveCapacity(count)
        var bits: UInt64 = 0
        for index in 0..<count {
            if index & 15 == 0 { bits = next() }
            text.unicodeScalars.append(Self.digits[Int(bits & 15)])
            bits >>= 4
        }
        return text
    }

    mutating func sentence(of count: Int) -> String {
        var text = Self.words[roll(Self.words.count)]
        for _ in 1..<max(1, count) { text += " " + Self.words[roll(Self.words.count)] }
        return text
    }

    mutating func timestamp(_ time: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let second = time / 1000
        return "2026-11-\(two(1 + second / 86400 % 28))T\(two(second / 3600 % 24)):\(two(second / 60 % 60)):\(two(second % 60)).\(100_000 + roll(900_000))+00:00"
    }

    private static let digits = Array("0123456789abcdef".unicodeScalars)

    private static let words = [
        "the", "raid", "starts", "at", "nine", "tonight", "who", "is", "coming", "with", "us", "i", "think", "we", "should", "wait", "for", "them", "because",
        "last", "week", "it", "went", "badly", "lol", "ok", "sure", "yeah", "look", "patch", "notes", "are", "out", "can", "someone", "explain", "please",
        "thanks", "good", "game", "everyone", "see", "you", "tomorrow", "maybe", "later", "😂", "✨", "<:wave:801234567890123456>", "really", "nice", "song",
        "queue", "next", "level", "voice", "join", "stream", "live", "now",
    ]
}
