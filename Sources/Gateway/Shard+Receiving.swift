import Discord
import GatewayProtocol
import WebSocketProtocol

// What comes in: connection events, messages, payloads.
extension Shard: WebSocketConnectionDelegate {
    func connectionOpened(_ connection: WebSocketConnection, _ agreement: HandshakeAgreement) {
        guard isCurrent(connection) else { return }
        do throws(DecompressionError) {
            decompressor = try Decompressor(
                context.configuration.compression, into: context.inflateBuffer, limit: context.configuration.payloadLimit)
        } catch {
            connection.abort()
            return connectionFailed(connection, .stream(host: connection.request.url.host, "\(error)"))
        }
        context.metrics.totals.connections += 1
        if wasConnected { context.metrics.totals.reconnects += 1 }
        wasConnected = true
        commands.connectionOpened()
        report(.connected)
    }

    func connectionFailed(_ connection: WebSocketConnection, _ failure: ConnectionFailure) {
        guard isCurrent(connection) else { return }
        context.metrics.totals.failedConnections += 1
        context.note(id, .connectionFailed(failure))
        forgetConnection()
        connectionFailed()
        report(.connectionFailed)
    }

    func connectionClosed(_ connection: WebSocketConnection, _ closure: ConnectionClosure) {
        guard isCurrent(connection) else { return }
        forgetConnection()
        var code: GatewayCloseCode?
        if case .closed(let received?, _) = closure { code = GatewayCloseCode(rawValue: received.rawValue) }
        if session.phase == .leaving {
            context.trace { $0.note(id, "\(closure)") }
        } else {
            context.note(id, .connectionEnded(closure, wasOurFault: code?.isOurFault ?? false))
        }
        report(.connectionClosed(code))
    }

    func connection(_ connection: WebSocketConnection, received kind: MessageKind, _ message: UnsafeRawBufferPointer) {
        guard isCurrent(connection) else { return }
        messageCount &+= 1
        context.metrics.totals.messages += 1
        context.metrics.totals.wireBytes += message.count
        var rest = message
        do throws(DecompressionError) {
            while let payload = try decompressor.next(&rest, kind: kind) {
                receive(payload)
                // The payload may have ended the connection, and with it the context.
                guard isCurrent(connection) else { return }
            }
        } catch {
            return breakStream("\(error)")
        }
        if goesIdle { goIdle(connection) }
    }

    /// An idle connection hears nothing but its heartbeats' acknowledgements: after one of those it gives its memory up until the next.
    private func goIdle(_ connection: WebSocketConnection) {
        goesIdle = false
        context.metrics.totals.hibernations += 1
        if let archive = context.windowArchive { decompressor.hibernate(in: archive) }
        connection.releaseIdleBuffers()
    }

    /// So few messages in a heartbeat's interval are idleness: waking the context for each of them costs less than a millisecond an hour.
    private static let idleMessages = 4

    // MARK: Payloads

    private func receive(_ payload: UnsafeRawBufferPointer) {
        let encoding = context.configuration.encoding
        context.metrics.totals.payloads += 1
        context.metrics.totals.payloadBytes += payload.count
        do throws(PayloadError) {
            let envelope = try Envelope.scan(payload, encoding: encoding)
            context.trace { $0.received(id, envelope, payload, encoding: encoding) }
            let data = UnsafeRawBufferPointer(rebasing: payload[envelope.data ?? 0..<0])
            if envelope.opcode == .dispatch {
                try dispatch(envelope, payload, data, encoding)
            } else {
                try control(envelope.opcode, data, encoding)
            }
        } catch {
            breakStream("a payload cannot be read: \(error)")
        }
    }

    private func dispatch(
        _ envelope: Envelope, _ payload: UnsafeRawBufferPointer, _ data: UnsafeRawBufferPointer, _ encoding: PayloadEncoding
    ) throws(PayloadError) {
        guard let sequence = envelope.sequence, session.dispatched(sequence: sequence) else {
            // What begins or continues a session does so whatever its number: without it the shard would wait in vain.
            if let event = envelope.event, event == .ready || event == .resumed { return try handle(event, data, encoding) }
            context.metrics.totals.repeatedEvents += 1
            return
        }
        if !context.hasProgress { owner.shardProgressed() }
        guard let event = envelope.event else {
            context.metrics.totals.unknownEvents += 1
            guard context.subscriptions.includesUnknown else { return }
            let name = UnsafeRawBufferPointer(rebasing: payload[envelope.name])
            context.delegate?.gateway(
                shard: id, dispatchedUnknown: name, sequence: sequence, data: data, encoding: encoding)
            return
        }
        context.metrics.count(event)
        if Self.ownEvents.contains(event) { try handle(event, data, encoding) }
        if context.subscriptions.contains(event) {
            context.delegate?.gateway(shard: id, dispatched: event, sequence: sequence, data: data, encoding: encoding)
        } else {
            context.metrics.totals.unwantedEvents += 1
        }
    }

    private static let ownEvents = EventSet([.ready, .resumed, .rateLimited, .guildMembersChunk])

    private func handle(_ event: EventName, _ data: UnsafeRawBufferPointer, _ encoding: PayloadEncoding) throws(PayloadError) {
        switch event {
        case .ready:
            let ready = try Ready(data, encoding: encoding)
            arrivingReady = ready
            report(.ready(sessionID: ready.sessionID, resumeURL: ready.resumeURL))
        case .resumed:
            report(.resumed)
        default:
            // What has changed its form costs an answer, not the connection.
            do throws(PayloadError) { try answered(event, data, encoding) } catch {
                context.note(id, .eventUnreadable(event, "\(error)"))
            }
        }
    }

    /// Events that answer our commands.
    private func answered(_ event: EventName, _ data: UnsafeRawBufferPointer, _ encoding: PayloadEncoding) throws(PayloadError) {
        if event == .rateLimited {
            commands.rateLimited(try RateLimited(data, encoding: encoding))
        } else if event == .guildMembersChunk, commands.collectsMembers {
            commands.received(try MemberChunk(data, encoding: encoding), data)
        }
    }

    private func control(_ opcode: GatewayOpcode, _ data: UnsafeRawBufferPointer, _ encoding: PayloadEncoding) throws(PayloadError) {
        switch opcode {
        case .hello:
            let hello = try Hello(data, encoding: encoding)
            commands.helloReceived(heartbeatInterval: hello.heartbeatInterval)
            report(.hello(heartbeatInterval: hello.heartbeatInterval))
        case .heartbeat:
            report(.heartbeatRequested)
        case .heartbeatACK:
            context.metrics.totals.acknowledgements += 1
            goesIdle = messageCount - messageCountAtBeat <= Self.idleMessages
            messageCountAtBeat = messageCount
            report(.heartbeatAcknowledged)
        case .reconnect:
            context.note(id, .reconnectRequested)
            report(.reconnectRequested)
        case .invalidSession:
            let isResumable = try InvalidSession(data, encoding: encoding).isResumable
            context.note(id, .sessionInvalidated(resumable: isResumable))
            report(.sessionInvalidated(resumable: isResumable))
        default:
            // Opcodes that are not documented will appear.
            break
        }
    }

    private func breakStream(_ reason: String) {
        context.metrics.totals.brokenStreams += 1
        context.note(id, .streamBroken(reason))
        report(.streamBroken)
    }
}
