/// What the client asked for in the query of the gateway URL (Discord docs, Gateway › Connecting).
struct GatewayFormat: Sendable, Equatable {
    enum Encoding: String, Sendable { case json, etf }
    enum Compression: String, Sendable {
        case none = ""
        case zlibStream = "zlib-stream"
        case zstdStream = "zstd-stream"
    }

    let encoding: Encoding
    let compression: Compression

    static let plain = GatewayFormat(encoding: .json, compression: .none)

    /// Why a connection is refused before HELLO.
    struct Refusal: Error, Equatable {
        let code: UInt16
        let reason: String
    }

    private init(encoding: Encoding, compression: Compression) {
        self.encoding = encoding
        self.compression = compression
    }

    /// Reads the query of a request target such as `/?v=10&encoding=json`.
    init(requestTarget: String) throws(Refusal) {
        var values: [Substring: Substring] = [:]
        let query = requestTarget.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            values[parts[0]] = parts.count == 2 ? parts[1] : ""
        }
        guard values["v"] == "10" else { throw Refusal(code: 4012, reason: "the gateway version must be v=10") }
        guard let encoding = Encoding(rawValue: String(values["encoding"] ?? "json")) else {
            throw Refusal(code: 4002, reason: "encoding must be json or etf")
        }
        guard let compression = Compression(rawValue: String(values["compress"] ?? "")) else {
            throw Refusal(code: 4002, reason: "compress must be zlib-stream or zstd-stream")
        }
        self.init(encoding: encoding, compression: compression)
    }
}
