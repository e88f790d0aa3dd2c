/// What a JSON value is, told by its first byte (RFC 8259 §3). The raw value is the word for messages.
package enum JSONKind: String, Equatable, Sendable {
    case object, array, string, number, boolean, null
}
