/// A bot token. It prints as `[token]` everywhere; the bytes come out only where a caller asks for them by name.
package struct BotToken: Hashable, Sendable {
    private let secret: String

    /// Why a text is not a bot token. None of the cases carries the text.
    package enum Fault: Error, Equatable, Sendable {
        case empty
        /// It begins with `Bot ` or `Bearer `, which belongs to the REST header only.
        case prefixed(String)
        case whitespace
        /// It is not three non-empty base64url parts with dots between.
        case malformed
    }

    /// Checks the shape (three base64url parts with dots between); whether Discord knows the token only Discord can say.
    package init(_ text: String) throws(Fault) {
        guard !text.isEmpty else { throw .empty }
        for prefix in ["Bot ", "Bearer "] where text.hasPrefix(prefix) { throw .prefixed(String(prefix.dropLast())) }
        guard !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else { throw .whitespace }
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(BotToken.isBase64URL) }) else { throw .malformed }
        secret = text
    }

    private static func isBase64URL(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }

    /// The token itself, for the IDENTIFY and RESUME payloads and the Authorization header, and for nothing else.
    package var exposed: String { secret }

    /// What stands for a token wherever people read.
    package static let redacted = "[token]"
}

extension BotToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { BotToken.redacted }
    package var debugDescription: String { BotToken.redacted }
    /// Without children, so that `dump` and failed test expectations show nothing either.
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension BotToken.Fault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .empty: "the token is empty"
        case .prefixed(let word): "the token must be given without the word \"\(word)\" in front"
        case .whitespace: "the token contains white space; copy it again from the Bot page of the developer portal"
        case .malformed: "the token is malformed: a bot token has three parts with dots between; copy it again from the Bot page of the developer portal (client id and public key are something else)"
        }
    }
}
