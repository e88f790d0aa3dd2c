import COpenSSL

/// The host a client asked for, in the form that certificates are compared with.
struct PeerName: Equatable {
    /// A lower-case DNS name without the final dot, or an IP address without brackets and zone.
    let text: String
    /// Whether `text` is an IP address: compared with `iPAddress` names only, and never sent as SNI (RFC 6066 §3).
    let isAddress: Bool

    /// Nil if `host` is neither an IP address (brackets around IPv6 allowed) nor a DNS name in ASCII form of at most 253 bytes.
    ///
    /// Strict on purpose: OpenSSL takes a name that begins with a dot for "any subdomain", and an empty one for "any host".
    init?(_ host: String) {
        var address = host[...]
        if address.hasPrefix("["), address.hasSuffix("]") { address = address.dropFirst().dropLast() }
        if let zone = address.firstIndex(of: "%") { address = address[..<zone] }
        if Self.isAddress(address) {
            text = address.lowercased()
            isAddress = true
            return
        }
        let name = host.hasSuffix(".") ? host.dropLast() : host[...]
        guard (1...253).contains(name.utf8.count),
            name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(Self.isLabel)
        else { return nil }
        text = name.lowercased()
        isAddress = false
    }

    private static func isAddress(_ text: Substring) -> Bool {
        guard text.utf8.allSatisfy({ isHexDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }),
            let octets = a2i_IPADDRESS(String(text))
        else { return false }
        ASN1_OCTET_STRING_free(octets)
        return true
    }

    /// Letters, digits, hyphen, and the underscore that real names contain (RFC 1123 §2.1, RFC 2181 §11).
    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count)
            && label.utf8.allSatisfy {
                isHexDigit($0) || (UInt8(ascii: "g")...UInt8(ascii: "z")).contains($0 | 0x20)
                    || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
            }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
}
