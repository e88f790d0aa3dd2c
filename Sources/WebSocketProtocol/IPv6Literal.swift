/// The text form of IPv6 addresses (RFC 4291 §2.2), as it stands between the brackets of a URL. Zone identifiers are refused: they mean
/// something on one machine only.
enum IPv6Literal {
    static func isValid(_ text: String) -> Bool {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        switch halves.count {
        case 1:
            return groupCount(text[...], mayEndInIPv4: true) == 8
        case 2:
            guard let head = halves[0].isEmpty ? 0 : groupCount(halves[0], mayEndInIPv4: false),
                let tail = halves[1].isEmpty ? 0 : groupCount(halves[1], mayEndInIPv4: true)
            else { return false }
            return head + tail <= 7
        default:
            return false
        }
    }

    /// How many 16-bit groups `text` spells, or `nil` if it spells none.
    private static func groupCount(_ text: Substring, mayEndInIPv4: Bool) -> Int? {
        let groups = text.split(separator: ":", omittingEmptySubsequences: false)
        var count = 0
        for (index, group) in groups.enumerated() {
            if mayEndInIPv4, index == groups.count - 1, group.contains(".") {
                guard isIPv4(group) else { return nil }
                count += 2
            } else {
                guard (1...4).contains(group.utf8.count), group.utf8.allSatisfy({ $0.isHexDigit }) else { return nil }
                count += 1
            }
        }
        return count
    }

    private static func isIPv4(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                part.utf8.allSatisfy { $0.isDigit } && (part.utf8.count == 1 || part.first != "0") && UInt8(part) != nil
            }
    }
}
