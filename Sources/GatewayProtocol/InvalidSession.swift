/// INVALID_SESSION's `d` (docs, Gateway Events › Invalid Session).
package struct InvalidSession: Equatable, Sendable {
    /// Whether a RESUME may succeed.
    package let isResumable: Bool

    /// A `d` that is null counts as `false`, the answer that is always safe.
    package init(_ data: UnsafeRawBufferPointer, encoding: PayloadEncoding) throws(PayloadError) {
        var reader = PayloadReader(data, encoding: encoding)
        isResumable = try reader.readNull() ? false : reader.readBoolean()
    }
}
