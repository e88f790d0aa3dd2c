/// What a term is in the terms of JSON.
package enum ETFKind: Equatable, Sendable {
    case map
    /// A list or a tuple, also one that is written as a string of bytes.
    case list
    /// A binary, or an atom other than the four below.
    case text
    case integer
    case double
    case boolean(Bool)
    /// The atoms `nil` and `null`.
    case null
}
