/// The contents of a Close frame (RFC 6455 §5.5.1): nothing, or a code with a reason.
package struct CloseFrame: Equatable, Sendable {
    /// `nil` when the frame was empty.
    package let code: CloseCode?
    /// At most 123 bytes of UTF-8; empty when there is no code.
    package let reason: String

    package static let empty = CloseFrame(code: nil, reason: "")

    package init(code: CloseCode?, reason: String = "") {
        self.code = code
        self.reason = code == nil ? "" : reason
    }
}
