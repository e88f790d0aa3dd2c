/// A tunnel through an HTTP proxy (RFC 9110 §9.3.6): send `request`, then feed the response to `next`. After success the stream belongs to the
/// target.
package struct ProxyConnect: ~Copyable {
    /// What Proxy-Authorization carries (RFC 7617). Never logged.
    package struct Credentials: Equatable, Sendable {
        package let user: String
        package let password: String

        package init(user: String, password: String) {
            self.user = user
            self.password = password
        }
    }

    /// The bytes to send.
    package let request: [UInt8]
    private var reader = HTTPResponseReader()

    /// - Parameter target: The URL whose host and port the tunnel leads to.
    package init(to target: WebSocketURL, credentials: Credentials? = nil) {
        let authority = "\(target.isIPv6 ? "[\(target.host)]" : target.host):\(target.port)"
        var fields = [HeaderField("Host", authority)]
        if let credentials {
            let basic = Base64.encode(Array("\(credentials.user):\(credentials.password)".utf8))
            fields.append(HeaderField("Proxy-Authorization", "Basic \(basic)"))
        }
        request = HTTPHead(startLine: "CONNECT \(authority) HTTP/1.1", fields: fields).encoded
    }

    /// Reads the proxy's response from the front of `input`, cut anywhere. Bytes after the head stay in `input`: they are the target's.
    /// - Returns: `true` once the tunnel stands, `false` while more bytes are needed.
    /// - Throws: `.refused` for another status than 2xx (407: the proxy wants credentials).
    package mutating func next(_ input: inout UnsafeRawBufferPointer) throws(HandshakeError) -> Bool {
        try reader.next(&input, isExpected: { (200...299).contains($0) }) != nil
    }

    /// The error to report when the stream has ended, or the deadline has passed, before `next` gave an answer.
    package func interrupted() -> HandshakeError {
        reader.interrupted()
    }
}
