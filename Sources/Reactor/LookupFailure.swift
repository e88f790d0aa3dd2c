/// A name for which the resolver had no address.
package struct LookupFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The resolver's word: "Name or service not known".
    package let reason: String

    /// Whether asking again later may help: the resolver could not be reached, or had no memory or thread.
    package let isTemporary: Bool

    package var description: String { "name lookup: \(reason)" }
}
