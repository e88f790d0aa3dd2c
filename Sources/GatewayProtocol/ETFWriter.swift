package import JSON

/// Appends external terms to a byte array, in the forms Discord accepts from clients: binary keys, no compressed terms.
package struct ETFWriter {
    package private(set) var bytes: [UInt8]

    package init(appendingTo bytes: consuming [UInt8] = []) { self.bytes = bytes }

    /// Writes a whole term with its version byte.
    package mutating func term(_ value: JSONValue) {}
}
