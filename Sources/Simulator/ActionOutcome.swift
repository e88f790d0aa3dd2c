package import Discord

/// What became of a person's action in the world.
package struct ActionOutcome: Sendable, Equatable {
    /// The number under which its dispatches are reported as `delivered` or `undelivered`.
    package let input: Int
    /// The message, user or interaction that the action made or concerned.
    package let id: Snowflake
}
