/// What a value of a payload is, as far as one has to know before reading it.
package enum PayloadKind: Equatable, Sendable {
    case object, array
    /// A string; in ETF a binary, or an atom that stands for none of the others.
    case text
    /// A number, a boolean or null.
    case other
}
