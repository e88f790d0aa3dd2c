package import WebSocketProtocol

/// An HTTP proxy that opens tunnels (RFC 9110 §9.3.6).
package struct Proxy: Equatable, Sendable {
    package let host: String
    package let port: UInt16
    package let credentials: ProxyConnect.Credentials?

    package init(host: String, port: UInt16, credentials: ProxyConnect.Credentials? = nil) {
        self.host = host
        self.port = port
        self.credentials = credentials
    }

    /// Reads what HTTPS_PROXY holds by custom: `http://user:password@host:port`, where only the host is necessary. The port is then
    /// 1080, as curl has it: REST goes through libcurl, and one setting must lead both to one proxy. `nil` for anything else, such as an
    /// `https://` or `socks5://` proxy, which are not spoken.
    package init?(_ text: String) {
        var rest = Substring(text)
        if let range = text.firstRange(of: "://") {
            guard text[..<range.lowerBound].lowercased() == "http" else { return nil }
            rest = text[range.upperBound...]
        }
        var credentials: ProxyConnect.Credentials?
        if let at = rest.lastIndex(of: "@") {
            let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let user = Self.percentDecoded(parts[0]), let password = Self.percentDecoded(parts.count > 1 ? parts[1] : "") else {
                return nil
            }
            credentials = .init(user: user, password: password)
            rest = rest[rest.index(after: at)...]
        }
        do throws(WebSocketURLError) {
            let url = try WebSocketURL("http://" + rest, defaultPort: 1080)
            self.init(host: url.host, port: url.port, credentials: credentials)
        } catch {
            return nil
        }
    }

    private static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2 else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
