package import Discord
package import JSON

/// Something the bot did, or that happened to its connections, as seen from Discord's side.
package enum Observation: Sendable, Equatable {
    /// A gateway connection or session changed.
    case session(SessionChange)
    /// The bot posted a message. The payload is Discord's message object.
    case message(JSONValue)
    case messageEdited(JSONValue)
    case messageDeleted(channel: Snowflake, message: Snowflake)
    /// The bot shows itself typing.
    case typing(channel: Snowflake)
    case reaction(emoji: String, message: Snowflake, channel: Snowflake, added: Bool)
    /// Opcode 3, or the presence of IDENTIFY. The payload is that of the command.
    case presence(shard: Int, JSONValue)
    /// An interaction got its first answer. The body is that of the request.
    case interactionAnswered(interaction: Snowflake, JSONValue)
    /// Any gateway command, before it is obeyed; the token is left out.
    case command(shard: Int?, opcode: Int, JSONValue)
    /// A REST request was answered.
    case request(method: String, path: String, status: Int)
    /// What an injected event led to was written to a session's connection; the sequence is that of the last dispatch.
    /// Told again when a RESUME has it written again.
    case delivered(input: Int, shard: Int, sequence: Int)
    /// No session hears of an injected event, or it ended before; the reason is for a person.
    case undelivered(input: Int, reason: String)

    /// What happened to a connection or its session.
    package struct SessionChange: Sendable, Equatable {
        package enum State: Sendable, Equatable {
            /// The WebSocket is open.
            case connected
            case identified
            case resumed
            /// IDENTIFY or RESUME got INVALID_SESSION.
            case invalidated(resumable: Bool)
            /// The connection is gone. `code` is that of the close frame, if there was one.
            case closed(code: Int?, byClient: Bool, reason: String)
        }

        package let state: State
        /// Known after IDENTIFY and RESUME.
        package let shard: Int?
        package let sessionID: String?
        /// What the client wrote into `Host` and the path, so that the use of `resume_gateway_url` can be seen.
        package let host: String
    }
}
