/// How gateway payloads are written: the `encoding` of the connection URL. The raw value is its query value.
package enum PayloadEncoding: String, CaseIterable, Sendable {
    case json
    /// Erlang's External Term Format.
    case etf
}
