/// How the gateway compresses what it sends. The raw value is how configuration files name it.
package enum TransportCompression: String, CaseIterable, Sendable {
    case none
    /// `compress=zlib-stream`.
    case zlibStream = "zlib-stream"
    /// `compress=zstd-stream`: half the CPU time of zlib for a few more bytes.
    case zstdStream = "zstd-stream"
    /// `"compress": true` in IDENTIFY; JSON only.
    case payload

    /// The value of the connection URL's `compress`; `nil` when it has none.
    var queryValue: String? {
        switch self {
        case .none, .payload: nil
        case .zlibStream, .zstdStream: rawValue
        }
    }
}
