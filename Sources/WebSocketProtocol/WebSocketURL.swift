/// A `ws`, `wss`, `http` or `https` URL (RFC 6455 §3, RFC 3986), parsed strictly.
package struct WebSocketURL: Equatable, Hashable, Sendable {
    package enum Scheme: String, Sendable {
        case ws, wss, http, https

        package var isSecure: Bool { self == .wss || self == .https }
        package var defaultPort: UInt16 { isSecure ? 443 : 80 }
    }

    package let scheme: Scheme
    /// A name or IPv4 address in lower case, or an IPv6 address without its brackets.
    package let host: String
    package let isIPv6: Bool
    package let port: UInt16
    /// Starts with "/".
    package let path: String
    /// What follows "?", percent-encoded; `nil` without a "?".
    package let query: String?

    package var isSecure: Bool { scheme.isSecure }

    /// Path and query, as they stand in the request line (RFC 6455 §3 "resource name").
    package var target: String { query.map { "\(path)?\($0)" } ?? path }

    /// The value of the Host header field: the port is left out when it is the scheme's own.
    package var authority: String {
        let name = isIPv6 ? "[\(host)]" : host
        return port == scheme.defaultPort ? name : "\(name):\(port)"
    }

    /// - Parameter defaultPort: The port of a URL that names none; the scheme's own if this is `nil`.
    /// - Throws: `WebSocketURLError` for anything RFC 3986 does not allow, user information, a fragment, or a host that no name could be.
    package init(_ text: String, defaultPort: UInt16? = nil) throws(WebSocketURLError) {
        let (schemeText, afterScheme) = try Self.splitScheme(text)
        guard let scheme = Scheme(rawValue: schemeText.lowercased()) else { throw .unsupportedScheme(String(schemeText)) }
        self.scheme = scheme

        let utf8 = text.utf8
        var hasEscape = 0
        for (offset, byte) in utf8.enumerated() {
            if byte == UInt8(ascii: "#") { throw .fragment }
            if hasEscape > 0 {
                guard byte.isHexDigit else { throw .invalidCharacter(at: offset) }
                hasEscape -= 1
            } else if byte == UInt8(ascii: "%") {
                hasEscape = 2
            } else if !byte.isAllowedInURL {
                throw .invalidCharacter(at: offset)
            }
        }
        if hasEscape > 0 { throw .invalidCharacter(at: utf8.count) }

        let rest = text[afterScheme...]
        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        (host, isIPv6, port) = try Self.parseAuthority(rest[..<authorityEnd], defaultPort: defaultPort ?? scheme.defaultPort)

        let target = rest[authorityEnd...]
        if let bracket = target.utf8.firstIndex(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") }) {
            throw .invalidCharacter(at: text.utf8.distance(from: text.startIndex, to: bracket))
        }
        let mark = target.firstIndex(of: "?")
        let path = target[..<(mark ?? target.endIndex)]
        self.path = path.isEmpty ? "/" : String(path)
        query = mark.map { String(target[target.index(after: $0)...]) }
    }

    private init(_ base: WebSocketURL, query: String?) {
        scheme = base.scheme
        host = base.host
        isIPv6 = base.isIPv6
        port = base.port
        path = base.path
        self.query = query
    }

    /// The same URL with these query items, percent-encoded, instead of its own query.
    package func replacingQuery(_ items: [(name: String, value: String)]) -> WebSocketURL {
        let query = items.map { "\(Self.percentEncoded($0.name))=\(Self.percentEncoded($0.value))" }.joined(separator: "&")
        return WebSocketURL(self, query: items.isEmpty ? nil : query)
    }

    // MARK: Parsing

    private static func splitScheme(_ text: String) throws(WebSocketURLError) -> (Substring, String.Index) {
        guard let colon = text.firstIndex(of: ":") else { throw .unsupportedScheme(String(text.prefix(16))) }
        let rest = text[colon...]
        guard rest.hasPrefix("://") else { throw .unsupportedScheme(String(text[..<colon])) }
        return (text[..<colon], text.index(colon, offsetBy: 3))
    }

    private static func parseAuthority(
        _ authority: Substring, defaultPort: UInt16
    ) throws(WebSocketURLError) -> (host: String, isIPv6: Bool, port: UInt16) {
        if authority.contains("@") { throw .userInformation }
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { throw .invalidHost(String(authority)) }
            let address = authority[authority.index(after: authority.startIndex)..<end].lowercased()
            guard IPv6Literal.isValid(address) else { throw .invalidHost(address) }
            return (address, true, try parsePort(authority[authority.index(after: end)...], defaultPort))
        }
        let colon = authority.firstIndex(of: ":") ?? authority.endIndex
        let host = authority[..<colon].lowercased()
        if host.isEmpty { throw .missingHost }
        guard isHostName(host) else { throw .invalidHost(host) }
        return (host, false, try parsePort(authority[colon...], defaultPort))
    }

    /// `text` is empty or starts with the colon.
    private static func parsePort(_ text: Substring, _ defaultPort: UInt16) throws(WebSocketURLError) -> UInt16 {
        if text.isEmpty { return defaultPort }
        let digits = text.dropFirst()
        guard text.first == ":", !digits.isEmpty, digits.utf8.allSatisfy({ $0.isDigit }), let port = UInt16(digits), port > 0
        else { throw .invalidPort(String(text)) }
        return port
    }

    private static func isHostName(_ host: String) -> Bool {
        let name = host.hasSuffix(".") ? host.dropLast() : host[...]
        guard name.utf8.count <= 253 else { return false }
        return name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.count <= 63
                && label.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        }
    }

    private static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            if byte.isUnreservedInURL {
                encoded.append(byte)
            } else {
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}

extension WebSocketURL: CustomStringConvertible {
    package var description: String { "\(scheme.rawValue)://\(authority)\(target)" }
}
