/// The parsers that read bytes of somebody else, by the names that `scripts/fuzz` and the folders of `Tests/Corpus` have.
///
/// Each takes whatever bytes a fuzzer invents and traps when a promise is broken.
package enum FuzzTarget: String, CaseIterable, Sendable {
    /// WebSocket frames, in both roles, with and without compression: what they mean does not depend on how the bytes were cut.
    case frames
    /// Compressed messages (RFC 7692) against zlib itself; what our end compresses, our end reads.
    case deflate
    /// A server's answer to our opening handshake, cut anywhere.
    case clientHandshake = "client-handshake"
    /// A client's opening handshake, cut anywhere.
    case serverHandshake = "server-handshake"
    /// An HTTP proxy's answer to CONNECT, cut anywhere.
    case proxyAnswer = "proxy-answer"
    /// URLs, such as `resume_gateway_url`.
    case url
    /// Transport compression `zlib-stream` against zlib itself: every cut of the stream, and hibernation, yield the same payloads.
    case zlibStream = "zlib-stream"
    /// Transport compression `zstd-stream` against libzstd itself.
    case zstdStream = "zstd-stream"
    /// Payload compression against zlib itself.
    case zlibPayload = "zlib-payload"
    /// Gateway payloads in both encodings: the scan for op, s, t and d against a full parse.
    case envelope
    /// The JSON reader: skipping and reading agree, and what is written reads back the same.
    case json
    /// The ETF reader: skipping and reading agree, and the JSON of a term parses.
    case etf
    /// JSON onto the Lua stack: at once, as it is read, and by our own tree parser and lua-cjson, all the same.
    case luaJSON = "lua-json"
    /// ETF onto the Lua stack: at once, as it is read, and by way of JSON, all the same.
    case luaETF = "lua-etf"
    /// The pattern matcher against Lua's own.
    case luaPattern = "lua-pattern"
    /// Scripts, under tight budgets: the state stays usable.
    case luaSource = "lua-source"
    /// REST answers with their rate-limit headers: no header makes a request wait forever.
    case rateLimits = "rate-limits"
    /// `moonwire.toml`.
    case configuration

    /// Runs one input.
    package func run(_ bytes: UnsafeRawBufferPointer) {
        switch self {
        case .frames: fuzzFrames(bytes)
        case .deflate: fuzzDeflate(bytes)
        case .clientHandshake: fuzzClientHandshake(bytes)
        case .serverHandshake: fuzzServerHandshake(bytes)
        case .proxyAnswer: fuzzProxyAnswer(bytes)
        case .url: fuzzURL(bytes)
        case .zlibStream: fuzzZlibStream(bytes)
        case .zstdStream: fuzzZstdStream(bytes)
        case .zlibPayload: fuzzZlibPayload(bytes)
        case .envelope: fuzzEnvelope(bytes)
        case .json: fuzzJSON(bytes)
        case .etf: fuzzETF(bytes)
        case .luaJSON: fuzzLuaJSON(bytes)
        case .luaETF: fuzzLuaETF(bytes)
        case .luaPattern: fuzzLuaPattern(bytes)
        case .luaSource: fuzzLuaSource(bytes)
        case .rateLimits: fuzzRateLimits(bytes)
        case .configuration: fuzzConfiguration(bytes)
        }
    }
}
