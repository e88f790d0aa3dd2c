/// HELLO's `d` (docs, Gateway Events › Hello).
package struct Hello: Equatable, Sendable {
    /// Positive.
    package let heartbeatInterval: Duration

    /// - Throws: also when the interval is missing or not positive.
    package init(_ data: UnsafeRawBufferPointer, encoding: PayloadEncoding) throws(PayloadError) {
        var reader = PayloadReader(data, encoding: encoding)
        var milliseconds: Int64 = 0
        var object = try reader.beginObject()
        while let key = try reader.nextKey(in: &object) {
            if key == "heartbeat_interval" { milliseconds = try reader.readInteger() } else { try reader.skipValue() }
        }
        guard milliseconds > 0 else { throw .missing(field: "heartbeat_interval") }
        heartbeatInterval = .milliseconds(milliseconds)
    }
}
