import Discord
import JSON

extension GatewayCommand {
    /// The payload as it goes on the wire.
    ///
    /// Commands are a few a minute, so each is built as a tree that both encodings are written from.
    /// - Throws: `.tooLarge` beyond 4096 bytes, which Discord would answer with close code 4002.
    package func encoded(as encoding: PayloadEncoding) throws(CommandError) -> [UInt8] {
        let bytes: [UInt8]
        switch encoding {
        case .json: bytes = payload.serialized
        case .etf:
            var writer = ETFWriter()
            writer.term(payload)
            bytes = writer.bytes
        }
        guard bytes.count <= Limits.gatewayPayloadBytes else {
            throw .tooLarge(opcode: opcode, bytes: bytes.count, limit: Limits.gatewayPayloadBytes)
        }
        return bytes
    }

    private var payload: JSONValue { ["op": .integer(Int64(opcode.rawValue)), "d": data] }

    private var data: JSONValue {
        switch self {
        case .heartbeat(let sequence):
            return sequence.map { .integer($0) } ?? .null
        case .identify(let identify):
            var data: JSONValue = [
                "token": .string(identify.token.exposed),
                "intents": .integer(Int64(bitPattern: identify.intents.rawValue)),
                "properties": [
                    "os": .string(identify.operatingSystem), "browser": .string(Identify.library), "device": .string(Identify.library),
                ],
            ]
            if identify.compress { data["compress"] = true }
            if let threshold = identify.largeThreshold { data["large_threshold"] = .integer(Int64(threshold)) }
            if let shard = identify.shard { data["shard"] = [.integer(Int64(shard.index)), .integer(Int64(shard.count))] }
            if let presence = identify.presence { data["presence"] = presence.payload }
            return data
        case .resume(let token, let sessionID, let sequence):
            return ["token": .string(token.exposed), "session_id": .string(sessionID), "seq": .integer(sequence)]
        case .presenceUpdate(let presence):
            return presence.payload
        case .voiceStateUpdate(let guild, let channel, let isMuted, let isDeafened):
            return [
                "guild_id": guild.payload, "channel_id": channel?.payload ?? .null,
                "self_mute": .bool(isMuted), "self_deaf": .bool(isDeafened),
            ]
        case .requestGuildMembers(let request):
            return request.payload
        case .requestSoundboardSounds(let guilds):
            return ["guild_ids": .array(guilds.map(\.payload))]
        case .requestChannelInfo(let guild, let fields):
            return ["guild_id": guild.payload, "fields": .array(fields.map { .string($0) })]
        }
    }
}

extension Snowflake {
    /// Ids go out as text in both encodings: the form that no reader can round.
    fileprivate var payload: JSONValue { .string(description) }
}

extension Presence {
    /// All four fields every time: a missing one risks close code 4001 or 4002.
    fileprivate var payload: JSONValue {
        [
            "since": since.map { .integer($0) } ?? .null,
            "activities": .array(activities.map(\.payload)),
            "status": .string(status.rawValue),
            "afk": .bool(isAFK),
        ]
    }
}

extension Activity {
    fileprivate var payload: JSONValue {
        var payload: JSONValue = ["name": .string(name), "type": .integer(Int64(kind.rawValue))]
        if let state { payload["state"] = .string(state) }
        if let url { payload["url"] = .string(url) }
        return payload
    }
}

extension MemberRequest {
    fileprivate var payload: JSONValue {
        var payload: JSONValue = ["guild_id": .string(guild.description)]
        switch selection {
        case .all:
            payload["query"] = ""
            payload["limit"] = 0
        case .query(let prefix, let limit):
            payload["query"] = .string(prefix)
            payload["limit"] = .integer(Int64(limit))
        case .users(let ids):
            payload["user_ids"] = .array(ids.map { .string($0.description) })
        }
        if presences { payload["presences"] = true }
        if let nonce { payload["nonce"] = .string(nonce) }
        return payload
    }
}
