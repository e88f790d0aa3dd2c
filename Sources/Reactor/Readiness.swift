/// What a descriptor is ready for, or what its owner wants to hear about.
package struct Readiness: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Bytes, a connection to accept or the end of the stream can be read.
    package static let readable = Readiness(rawValue: 1)
    /// The kernel takes bytes; for a connecting socket, the attempt has ended.
    package static let writable = Readiness(rawValue: 2)
    /// The descriptor failed or was hung up. Reported whether or not it was asked for; the next read or write says what happened.
    package static let failed = Readiness(rawValue: 4)
}
