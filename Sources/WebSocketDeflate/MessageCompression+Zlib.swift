package import WebSocketProtocol

extension MessageCompression {
    /// permessage-deflate on zlib, for the end that plays `role`.
    package static func zlib(_ parameters: DeflateParameters, role: Role, level: Int = -1) throws(ZlibFailure) -> MessageCompression {
        let peer: Role = role == .client ? .server : .client
        return MessageCompression(
            parameters: parameters,
            compressor: try ZlibCompressor(windowBits: parameters.windowBits(sending: role), level: level),
            decompressor: try ZlibDecompressor(windowBits: parameters.windowBits(sending: peer)))
    }
}
