import JSON

/// A member's key as it lies in the payload. Valid as long as the payload's buffer.
package struct PayloadKey {
    /// Whether the key is `text`. `text` is ASCII without quote and backslash.
    package static func == (key: PayloadKey, text: StaticString) -> Bool { false }
}
