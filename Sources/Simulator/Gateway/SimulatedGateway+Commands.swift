import Discord
import JSON

extension SimulatedGateway {
    /// Obeys one payload of a client, or closes the connection with the code the docs give for what is wrong with it
    /// (Opcodes and Status Codes › Gateway Close Event Codes).
    func received(_ bytes: [UInt8], on connection: GatewayConnection) {
        guard bytes.count <= Limits.gatewayPayloadBytes else {
            return connection.close(.decodeError, "payload of \(bytes.count) bytes; the limit is \(Limits.gatewayPayloadBytes)")
        }
        guard connection.budget.spend(at: .now) else {
            return connection.close(.rateLimited, "more than \(Limits.gatewayCommands) payloads in \(pace.commandWindow)")
        }
        guard let payload = decoded(bytes, connection.format.encoding), let opcode = payload["op"]?.integerValue else {
            return connection.close(.decodeError, "the payload is no \(connection.format.encoding.rawValue) object with an op")
        }
        let data = payload["d"] ?? .null
        noteCommand(Int(opcode), data, on: connection)
        switch GatewayOpcode(rawValue: Int(opcode)) {
        case .heartbeat:
            connection.expectHeartbeat()
            if behaviour.acknowledgesHeartbeats { connection.send(.heartbeatACK) }
        case .identify: identify(data, on: connection)
        case .resume: resume(data, on: connection)
        case .presenceUpdate: inSession(connection) { updatePresence(data, $0, on: connection) }
        case .voiceStateUpdate: inSession(connection) { updateVoiceState(data, $0, on: connection) }
        case .requestGuildMembers: inSession(connection) { sendMembers(data, $0, on: connection) }
        case .requestSoundboardSounds: inSession(connection) { sendSounds(data, $0) }
        case .requestChannelInfo: inSession(connection) { sendChannelInfo(data, $0) }
        default: connection.close(.unknownOpcode, "opcode \(opcode) is unknown")
        }
    }

    private func decoded(_ bytes: [UInt8], _ encoding: GatewayFormat.Encoding) -> JSONValue? {
        // What does not parse gets one close code whatever is wrong with it.
        switch encoding {
        case .json: try? JSONValue(parsing: bytes)
        case .etf: try? ExternalTerm.parse(bytes)
        }
    }

    private func noteCommand(_ opcode: Int, _ data: JSONValue, on connection: GatewayConnection) {
        var shown = data
        if shown["token"] != nil { shown["token"] = "[token]" }
        note(.command(shard: connection.session?.shardIndex, opcode: opcode, shown))
    }

    private func inSession(_ connection: GatewayConnection, _ body: (GatewaySession) -> Void) {
        guard let session = connection.session else {
            return connection.close(.notAuthenticated, "a payload came before IDENTIFY")
        }
        body(session)
    }

    // MARK: IDENTIFY and RESUME

    private func identify(_ data: JSONValue, on connection: GatewayConnection) {
        guard connection.session == nil else { return connection.close(.alreadyAuthenticated, "IDENTIFY came twice") }
        guard hasToken(data) else { return connection.close(.authenticationFailed, "the token is not valid") }
        guard data["properties"]?.objectValue != nil else { return connection.close(.decodeError, "IDENTIFY has no properties") }
        guard let bits = data["intents"]?.integerValue, bits >= 0 else { return connection.close(.invalidIntents, "IDENTIFY has no intents") }
        let intents = Intents(rawValue: UInt64(bits))
        guard intents.isSubset(of: .all) else { return connection.close(.invalidIntents, "the intents \(bits) have an unknown bit") }
        let denied = intents.subtracting(simulation.configuration.grantedIntents)
        guard denied.isEmpty else {
            return connection.close(.disallowedIntents, "not granted: \(denied.names.joined(separator: ", "))")
        }
        guard let shard = shard(data["shard"]) else { return connection.close(.invalidShard, "shard must be [id, count] with id below count") }
        guard guildIDs(of: shard.id).count <= Limits.guildsPerShard else {
            return connection.close(.shardingRequired, "more than \(Limits.guildsPerShard) guilds on one shard")
        }
        switch admit(shard: shard.id?.index ?? 0) {
        case .granted: break
        case .exhausted: return voidToken()
        case .tooSoon:
            note(.session(change(.invalidated(resumable: false), connection)))
            return connection.send(.invalidSession, false)
        }
        connection.compressesPayloads = connection.format == .plain && data["compress"]?.boolValue == true
        guard behaviour.answersIdentify else { return }
        let threshold = data["large_threshold"]?.integerValue.map { Int(min(max($0, 50), 250)) } ?? 50
        let session = GatewaySession(
            id: newSessionID(), shard: shard.id, intents: intents, largeThreshold: threshold,
            replayCapacity: simulation.configuration.replayCapacity)
        begin(session, on: connection)
        let guilds = guildIDs(of: shard.id)
        let presence = data["presence"].flatMap { $0.isNull ? nil : $0 }
        setBotPresence(presence ?? ["status": "online"], in: guilds, isAnnounced: false)
        if let presence { note(.presence(shard: session.shardIndex, presence)) }
        session.tell(RenderedDispatch(Dispatch(event: .ready, data: ready(session, guilds), audience: .direct)))
        if intents.contains(.guilds) {
            for guild in guilds.compactMap({ simulation.world.guilds[$0] }) {
                let data = simulation.world.guildCreate(guild, intents: intents, largeThreshold: threshold)
                session.tell(RenderedDispatch(Dispatch(event: .guildCreate, data: data, audience: .guild(guild.id))))
            }
        }
        note(.session(change(.identified, connection)))
    }

    private func resume(_ data: JSONValue, on connection: GatewayConnection) {
        guard connection.session == nil else { return connection.close(.alreadyAuthenticated, "RESUME in a running session") }
        guard hasToken(data) else { return connection.close(.authenticationFailed, "the token is not valid") }
        guard let id = data["session_id"]?.stringValue, let sequence = data["seq"]?.integerValue else {
            return connection.close(.decodeError, "RESUME needs session_id and seq")
        }
        guard let session = sessions[id] else { return refuse(connection) }
        guard sequence <= session.sequence, sequence >= 0 else { return connection.close(.invalidSequence, "seq \(sequence) was never sent") }
        guard let missed = session.replay.entries(after: Int(sequence)) else {
            forget(session)
            return refuse(connection)
        }
        bind(session, to: connection)
        for entry in missed { connection.send(entry) }
        // A fault among the replayed dispatches may have ended the connection.
        guard connection.session === session else { return }
        session.tell(RenderedDispatch(Dispatch(event: .resumed, data: ["_trace": []], audience: .direct)))
        note(.session(change(.resumed, connection)))
    }

    private func refuse(_ connection: GatewayConnection) {
        note(.session(change(.invalidated(resumable: false), connection)))
        connection.send(.invalidSession, false)
    }

    private func hasToken(_ data: JSONValue) -> Bool {
        isTokenValid && data["token"]?.stringValue == simulation.token
    }

    /// The shard named, if one is; `nil` when it is malformed.
    private func shard(_ value: JSONValue?) -> (id: ShardID?, Void)? {
        guard let value, !value.isNull else { return (nil, ()) }
        guard let pair = value.arrayValue, pair.count == 2, let index = pair[0].integerValue, let count = pair[1].integerValue,
              count >= 1, (0..<count).contains(index) else { return nil }
        return (ShardID(index: Int(index), of: Int(count)), ())
    }

    private func guildIDs(of shard: ShardID?) -> [Snowflake] {
        simulation.world.guildOrder.filter { shard?.owns($0) ?? true }
    }

    /// READY (Discord docs, Gateway Events › Ready), with the undocumented extras that Discord sends to bots.
    private func ready(_ session: GatewaySession, _ guilds: [Snowflake]) -> JSONValue {
        let world = simulation.world
        var data: JSONValue = [
            "v": 10, "user_settings": [:], "user": world.bot.ownPayload, "session_type": "normal", "session_id": .string(session.id),
            "resume_gateway_url": .string(simulation.resumeURL), "relationships": [], "private_channels": [], "presences": [],
            "guilds": .array(guilds.map { ["id": .id($0), "unavailable": true] }), "guild_join_requests": [], "geo_ordered_rtc_regions": [],
            "auth": [:], "application": ["id": .id(world.botID), "flags": .integer(simulation.applicationFlags)], "_trace": [],
        ]
        if let shard = session.shard { data["shard"] = [.integer(Int64(shard.index)), .integer(Int64(shard.count))] }
        return data
    }

    // MARK: Commands in a session

    private func updatePresence(_ data: JSONValue, _ session: GatewaySession, on connection: GatewayConnection) {
        let known = ["online", "dnd", "idle", "invisible", "offline"]
        guard let status = data["status"]?.stringValue, known.contains(status), data["activities"]?.arrayValue != nil,
              data["afk"]?.boolValue != nil, data["since"] != nil else {
            return connection.close(.unknownOpcode, "opcode 3 needs since, activities, status and afk")
        }
        note(.presence(shard: session.shardIndex, data))
        setBotPresence(data, in: guildIDs(of: session.shard), isAnnounced: true)
        simulation.publish()
    }

    private func setBotPresence(_ data: JSONValue, in guilds: [Snowflake], isAnnounced: Bool) {
        let (bot, now) = (simulation.world.botID, simulation.world.now)
        let activities = (data["activities"]?.arrayValue ?? []).map { activity in
            activity.merging(["created_at": .integer(now.milliseconds), "id": "ec0b28a579ecb4bd"])
        }
        let presence = UserPresence(status: data["status"]?.stringValue ?? "online", activities: activities)
        simulation.world.setPresence(presence, of: bot, in: guilds, isAnnounced: isAnnounced)
    }

    private func updateVoiceState(_ data: JSONValue, _ session: GatewaySession, on connection: GatewayConnection) {
        guard let id = data["guild_id"]?.idValue, session.owns(id), var guild = simulation.world.guilds[id],
              let member = guild[member: simulation.world.botID] else {
            return connection.close(.unknownOpcode, "opcode 4 needs a guild_id of this shard")
        }
        let channel = data["channel_id"]?.idValue
        var state: JSONValue = [
            "channel_id": .id(channel), "user_id": .id(member.userID), "session_id": .string(session.id), "deaf": false, "mute": false,
            "self_deaf": data["self_deaf"] ?? false, "self_mute": data["self_mute"] ?? false, "self_video": false, "suppress": false,
            "request_to_speak_timestamp": nil,
        ]
        guild.voiceStates[member.userID] = channel == nil ? nil : state
        simulation.world.guilds[id] = guild
        state["guild_id"] = .id(id)
        state["member"] = simulation.world.memberPayload(member)
        simulation.world.tell(.voiceStateUpdate, in: id, state)
        simulation.publish()
        guard channel != nil else { return }
        // There is no voice server to go to: null is how Discord says that one is not available.
        let server: JSONValue = ["token": "0", "guild_id": .id(id), "endpoint": nil]
        session.tell(RenderedDispatch(Dispatch(event: .voiceServerUpdate, data: server, audience: .guild(id))))
    }

    private func sendMembers(_ data: JSONValue, _ session: GatewaySession, on connection: GatewayConnection) {
        guard let request = MemberRequest(data) else {
            return connection.close(.unknownOpcode, "opcode 8 needs one guild_id, and query with limit or up to 100 user_ids")
        }
        // Discord leaves requests unanswered that concern another shard's guild, or all members without the intent.
        guard session.owns(request.guild), let guild = simulation.world.guilds[request.guild] else { return }
        if request.isFull {
            guard session.intents.contains(.guildMembers) else { return }
            if let wait = admitFullRequest(of: guild.id) {
                var meta: JSONValue = ["guild_id": .id(guild.id)]
                if let nonce = request.nonce { meta["nonce"] = .string(nonce) }
                let limited: JSONValue = ["opcode": 8, "retry_after": .double(wait.inSeconds), "meta": meta]
                return session.tell(RenderedDispatch(Dispatch(event: .rateLimited, data: limited, audience: .guild(guild.id))))
            }
        }
        for chunk in request.chunks(from: guild, in: simulation.world, intents: session.intents) {
            session.tell(RenderedDispatch(Dispatch(event: .guildMembersChunk, data: chunk, audience: .guild(guild.id))))
        }
    }

    private func sendSounds(_ data: JSONValue, _ session: GatewaySession) {
        for id in (data["guild_ids"]?.arrayValue ?? []).compactMap(\.idValue) where session.owns(id) {
            let sounds: JSONValue = ["soundboard_sounds": [], "guild_id": .id(id)]
            session.tell(RenderedDispatch(Dispatch(event: .soundboardSounds, data: sounds, audience: .guild(id))))
        }
    }

    private func sendChannelInfo(_ data: JSONValue, _ session: GatewaySession) {
        guard let id = data["guild_id"]?.idValue, session.owns(id) else { return }
        let info: JSONValue = ["guild_id": .id(id), "channels": []]
        session.tell(RenderedDispatch(Dispatch(event: .channelInfo, data: info, audience: .guild(id))))
    }
}

extension GatewayConnection {
    fileprivate func close(_ code: GatewayCloseCode, _ reason: String) { close(code.rawValue, reason) }
}
