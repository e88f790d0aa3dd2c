internal import Discord
internal import Gateway
internal import GatewayProtocol
internal import Logging
internal import Reactor

/// What the gateway tells the bot, on the reactor thread.
extension Bot: GatewayDelegate {
    func gateway(shard: ShardID, dispatched event: EventName, sequence: Int64, data: UnsafeRawBufferPointer, encoding: PayloadEncoding) {
        if event == .ready { scripts.set(ready: ReadyPayload(bytes: Array(data), encoding: encoding)) }
        scripts.deliver(event, shard: shard, sequence: sequence, encoding: encoding, payload: data)
        if event == .interactionCreate { defers(data, encoding) }
    }

    func gateway(
        shard: ShardID, dispatchedUnknown name: UnsafeRawBufferPointer, sequence: Int64, data: UnsafeRawBufferPointer, encoding: PayloadEncoding
    ) {}

    /// Lets an interaction be acknowledged in time, whatever its handlers do.
    private func defers(_ data: UnsafeRawBufferPointer, _ encoding: PayloadEncoding) {
        do throws(PayloadError) { interactions.received(try InteractionHead(data, encoding: encoding)) } catch {
            logger.debug("an interaction cannot be read, and is not deferred: \(error)")
        }
    }

    func gateway(onceHandled body: @escaping () -> Void) { scripts.onceHandled(body) }

    func gateway(shard: ShardID, becameReady ready: Ready) {
        logger.info("shard \(shard) is online as \(ready.userName), \(ready.guilds.count) guild\(ready.guilds.count == 1 ? "" : "s")")
        becameOnline()
    }

    func gatewayResumed(shard: ShardID) {
        logger.info("shard \(shard) resumed; nothing was missed")
        becameOnline()
    }

    private func becameOnline() {
        if phase == .connecting {
            phase = .running
            reactor.nextTurn { [unowned self] in lookForMissingIntents() }
        }
        guard !isOnline else { return }
        isOnline = true
        ready()
    }

    func gateway(shard: ShardID, entered phase: GatewaySession.Phase) {
        logger.trace("shard \(shard): \(phase)")
        if case .awaitingHello = phase { unreachableSince = nil }
    }

    func gateway(noted note: GatewayNote) {
        switch note.event {
        case .connectionFailed(let failure) where givesUp(failure): return
        // It was decided before the shard heard that the bot ends.
        case .reconnecting where phase == .stopping: return
        default: break
        }
        let level: Logger.Level = switch note.level {
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
        logger.log(level: level, "\(note)")
    }

    func gatewayFailed(_ failure: GatewayFailure) {
        finish(.failure(BotFailure(failure)))
    }
}
