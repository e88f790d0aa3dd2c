internal import GatewayProtocol
internal import LuaEngine

/// READY's `d`, kept for generations that load later.
struct ReadyPayload: Sendable {
    let bytes: [UInt8]
    let encoding: PayloadEncoding
}

extension PayloadEncoding {
    var lua: LuaPayload.Encoding {
        switch self {
        case .json: .json
        case .etf: .etf
        }
    }
}
