internal import Discord
internal import Gateway
internal import GatewayProtocol
internal import JSON

extension ShardStatus {
    /// As scripts see it: `id`, `count`, `status` and, once measured, `latency` in seconds.
    var object: JSONValue {
        var fields: [(key: String, value: JSONValue)] = [
            ("id", .integer(Int64(shard.index))), ("count", .integer(Int64(shard.count))), ("status", .string(phase.word)),
        ]
        if let latency { fields.append(("latency", .double(latency / .seconds(1)))) }
        return .object(JSONObject(fields))
    }
}

extension GatewaySession.Phase {
    fileprivate var word: String {
        switch self {
        case .idle: "idle"
        case .connecting, .awaitingHello: "connecting"
        case .waitingForPermit, .backingOff: "waiting"
        case .identifying: "identifying"
        case .resuming: "resuming"
        case .ready: "online"
        case .leaving: "leaving"
        case .stopped: "stopped"
        case .failed: "failed"
        }
    }
}
