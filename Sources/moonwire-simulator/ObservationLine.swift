import Discord
import JSON
import Simulator

/// Observations as the lines that the program writes.
enum ObservationLine {
    /// `nil` for what is only told when `isVerbose`.
    static func json(_ observation: Observation, isVerbose: Bool) -> JSONValue? {
        switch observation {
        case .session(let change): session(change)
        case .message(let payload): message("message", payload)
        case .messageEdited(let payload): message("edit", payload)
        case .messageDeleted(let channel, let message):
            ["type": "delete", "channel": .string(channel.description), "id": .string(message.description)]
        case .typing(let channel): ["type": "typing", "channel": .string(channel.description)]
        case .reaction(let emoji, let message, let channel, let added):
            ["type": "reaction", "emoji": .string(emoji), "message": .string(message.description), "channel": .string(channel.description),
             "added": .bool(added)]
        case .presence(let shard, let payload):
            ["type": "presence", "shard": .integer(Int64(shard)), "status": payload["status"] ?? nil, "activities": payload["activities"] ?? []]
        case .interactionAnswered(let interaction, let body):
            ["type": "interaction", "id": .string(interaction.description), "response": body["type"] ?? nil]
        case .command(let shard, let opcode, let data):
            isVerbose
                ? ["type": "gateway", "shard": shard.map { .integer(Int64($0)) } ?? .null, "op": .integer(Int64(opcode)), "d": data] : nil
        case .request(let method, let path, let status):
            isVerbose ? ["type": "request", "method": .string(method), "path": .string(path), "status": .integer(Int64(status))] : nil
        case .delivered(let input, let shard, let sequence):
            ["type": "delivered", "for": .integer(Int64(input)), "shard": .integer(Int64(shard)), "seq": .integer(Int64(sequence))]
        case .undelivered(let input, let reason):
            ["type": "undelivered", "for": .integer(Int64(input)), "reason": .string(reason)]
        }
    }

    private static func message(_ type: String, _ payload: JSONValue) -> JSONValue {
        [
            "type": .string(type), "id": payload["id"] ?? nil, "channel": payload["channel_id"] ?? nil,
            "author": payload["author"]?["username"] ?? nil, "bot": payload["author"]?["bot"] ?? false, "content": payload["content"] ?? "",
            "embeds": count(payload["embeds"]), "components": count(payload["components"]), "attachments": count(payload["attachments"]),
            "ephemeral": .bool((payload["flags"]?.integerValue ?? 0) & 64 != 0),
            "reply_to": payload["message_reference"]?["message_id"] ?? nil,
        ]
    }

    private static func count(_ list: JSONValue?) -> JSONValue { .integer(Int64(list?.arrayValue?.count ?? 0)) }

    private static func session(_ change: Observation.SessionChange) -> JSONValue {
        var line: JSONValue = ["type": "session", "shard": change.shard.map { .integer(Int64($0)) } ?? .null]
        switch change.state {
        case .connected: line["state"] = "connected"
        case .identified: line["state"] = "identified"
        case .resumed: line["state"] = "resumed"
        case .invalidated(let isResumable):
            line["state"] = "invalidated"
            line["resumable"] = .bool(isResumable)
        case .closed(let code, let byClient, let reason):
            line["state"] = "closed"
            line["code"] = code.map { .integer(Int64($0)) } ?? .null
            line["by"] = byClient ? "client" : "server"
            line["reason"] = .string(reason)
        }
        return line
    }
}
