extension HandshakeError: CustomStringConvertible {
    /// The fact in a few words. What the peer sent is quoted as it came.
    package var description: String {
        switch self {
        case .invalidField(let name): "the header field '\(name)' cannot be sent"
        case .invalidSubprotocol(let name): "'\(name)' is no subprotocol name, or is named twice"
        case .head(let error): "the answer is no HTTP/1.1 head: \(error)"
        case .malformedStartLine(let line): "the answer is not HTTP/1.1: '\(line)'"
        case .refused(let refusal): "\(refusal)"
        case .endedInHead: "the connection ended before an answer"
        case .upgradeMissing: "the answer has no 'Upgrade: websocket'"
        case .connectionMissing: "the answer has no 'Connection: Upgrade'"
        case .acceptMissing: "the answer has no Sec-WebSocket-Accept"
        case .acceptMismatch: "the answer's Sec-WebSocket-Accept is not the one for our key"
        case .repeatedField(let name): "the field \(name) comes more than once"
        case .unrequestedSubprotocol(let name): "the answer names the subprotocol '\(name)', which was not asked for"
        case .unrequestedExtension(let name): "the answer names the extension '\(name)', which was not offered"
        case .invalidExtensionParameters(let text): "the answer's extension parameters '\(text)' were not offered"
        case .methodNotGet(let method): "the method is \(method), not GET"
        case .hostMissing: "the request has no Host"
        case .invalidKey: "the request's Sec-WebSocket-Key is not 16 bytes of base 64"
        case .unsupportedVersion(let version): "the request's WebSocket version is '\(version)', not 13"
        }
    }
}

extension HTTPHeadError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .lineTooLong(let line, let limit): "line \(line) is longer than \(limit) bytes"
        case .tooManyFields(let limit): "more than \(limit) fields"
        case .tooLong(let limit): "longer than \(limit) bytes"
        case .foldedField(let line): "line \(line) continues the one before"
        case .malformedField(let line): "line \(line) is no header field"
        case .malformedLine(let line): "line \(line) does not end as it must, or has a control character"
        }
    }
}
