import Discord

/// Bot tokens in Discord's form: the user id, a time stamp and a secret, each in base64url.
enum Token {
    static func made(for bot: Snowflake) -> String {
        var random = SystemRandomNumberGenerator()
        let stamp = (0..<4).map { _ in UInt8.random(in: 0...255, using: &random) }
        let secret = (0..<28).map { _ in UInt8.random(in: 0...255, using: &random) }
        return [Array(bot.description.utf8), stamp, secret].map(base64URL).joined(separator: ".")
    }

    /// RFC 4648 §5, without padding.
    private static func base64URL(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
            for place in 0...group.count { text.append(alphabet[Int(bits >> (18 - 6 * UInt32(place)) & 63)]) }
        }
        return text
    }
}
