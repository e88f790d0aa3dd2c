import JSON

/// A member's key as it lies in the payload. Valid as long as the payload's buffer.
package struct PayloadKey {
    enum Form {
        case json(JSONString)
        case etf(ETFKey)
    }

    let form: Form

    /// Whether the key is `text`, which is ASCII.
    package static func == (key: PayloadKey, text: StaticString) -> Bool {
        switch key.form {
        case .json(let string): string == text
        case .etf(let found): found == text
        }
    }
}
