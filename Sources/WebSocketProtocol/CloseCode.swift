/// A status code of the closing handshake (RFC 6455 §7.4 and the IANA registry it opened).
package struct CloseCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let normalClosure = CloseCode(rawValue: 1000)
    package static let goingAway = CloseCode(rawValue: 1001)
    package static let protocolError = CloseCode(rawValue: 1002)
    package static let unsupportedData = CloseCode(rawValue: 1003)
    /// Never on the wire: the peer's Close frame had no code.
    package static let noStatusReceived = CloseCode(rawValue: 1005)
    /// Never on the wire: the connection ended without a Close frame.
    package static let abnormalClosure = CloseCode(rawValue: 1006)
    package static let invalidPayload = CloseCode(rawValue: 1007)
    package static let policyViolation = CloseCode(rawValue: 1008)
    package static let messageTooBig = CloseCode(rawValue: 1009)
    package static let mandatoryExtension = CloseCode(rawValue: 1010)
    package static let internalError = CloseCode(rawValue: 1011)
    package static let serviceRestart = CloseCode(rawValue: 1012)
    package static let tryAgainLater = CloseCode(rawValue: 1013)
    package static let badGateway = CloseCode(rawValue: 1014)

    /// Whether an endpoint may put this code into a Close frame: 1000–1003, 1007–1014, 3000–3999 (registered by libraries)
    /// and 4000–4999 (private use). 1004, 1005, 1006, 1015 and everything else are reserved (RFC 6455 §7.4.1, §7.4.2).
    package var isAllowedOnWire: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}

extension CloseCode: CustomStringConvertible {
    package var description: String { "\(rawValue)" }
}
