internal import Discord
internal import Gateway
internal import GatewayProtocol
internal import JSON
internal import REST
internal import Reactor
internal import TLS
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The shards and the REST client of one connection, on the loop's thread.
final class ClientLoop {
    private let reactor: Reactor
    private let connection: ClientConnection
    private let handlers: HandlerThread
    private let rest: RESTClient
    private let fleet: ShardFleet
    private var phase = Phase.connecting
    private var onlineShards: Set<Int> = []
    /// What ends a request whose task was cancelled, by the request's number.
    private var withdrawals: [Int: () -> Void] = [:]
    private var toldShedCounts = [Int](repeating: 0, count: EventName.count)

    private let pace: DeliveryPace

    private enum Phase { case connecting, online, leaving }

    /// - Throws: `.configuration` for an URL or a CA file that cannot be used.
    init(
        _ connection: ClientConnection, handlers: HandlerThread, intents: Discord.Intents, presence: Presence?, on reactor: Reactor
    ) throws(DiscordError) {
        let settings = connection.configuration
        self.reactor = reactor
        self.connection = connection
        self.handlers = handlers
        pace = DeliveryPace(on: reactor)

        let tls: TLSContext
        do throws(TLSFailure) { tls = try TLSContext(caFile: settings.caFile) } catch {
            throw DiscordError(.configuration, "\(error.cause)", at: "caFile", remedy: "correct caFile of the ClientConfiguration")
        }
        var http = RESTConfiguration(baseURL: settings.apiURL, token: connection.token)
        http.caFile = settings.caFile
        do throws(RESTError) { rest = try RESTClient(reactor: reactor, configuration: http) } catch { throw DiscordError(error) }

        var gateway = GatewayConfiguration(token: connection.token, intents: intents)
        gateway.presence = presence
        gateway.layout = switch settings.shards {
        case .automatic: .automatic
        case .count(let count): .all(count: count)
        case .range(let range, let count): .range(range, of: count)
        }
        gateway.stateDirectory = settings.stateDirectory
        gateway.spentBudget = .fail
        gateway.proxies = ProxySettings { name in getenv(name).map { String(cString: $0) } }
        weak var loop: ClientLoop?
        fleet = ShardFleet(configuration: gateway, reactor: reactor, tls: tls) { loop?.askBotInfo($0) }
        loop = self
        fleet.delegate = self
        pace.road = DeliveryPace.Road(
            waitingBytes: { [handlers] in handlers.inbox.waitingBytes },
            setReceiving: { [unowned self] in fleet.isReceiving = $0 },
            onceHandled: { [unowned self] in self.gateway(onceHandled: $0) })
        rest.notice = { [notify = settings.notify] in notify(Notice(.warning, "\($0)")) }
        subscribe()
    }

    func start() {
        reportShedEvents()
        fleet.start()
    }

    /// Delivers the events that have handlers now.
    func subscribe() {
        if phase != .leaving { fleet.subscriptions = EventSet(connection.registry.events) }
    }

    private func askBotInfo(_ completion: @escaping (Result<GatewayBotInfo, GatewayBotInfo.Failure>) -> Void) {
        rest.perform(.gatewayBot()) { [unowned self] result in
            switch result {
            case .success(let response):
                guard var info = GatewayBotInfo(response: response.body) else {
                    return completion(.failure(.unavailable("the answer is not Discord's; check apiURL")))
                }
                if let url = connection.configuration.gatewayURL { info.url = url }
                completion(.success(info))
            case .failure(let error) where error.kind == .unauthorized:
                completion(.failure(.unauthorized))
            case .failure(let error):
                // Before the first session an unreachable host is most likely a mistake, and waiting would hide it.
                if phase == .connecting { leave(DiscordError(error)) }
                completion(.failure(.unavailable(error.message)))
            }
        }
    }

    private func reportShedEvents() {
        reactor.schedule(after: .seconds(60)) { [unowned self] in
            tellShedEvents()
            reportShedEvents()
        }
    }

    /// Tells what was shed since the last time, if anything was.
    private func tellShedEvents() {
        guard let list = handlers.inbox.listShed(since: &toldShedCounts) else { return }
        notify(.warning, "the handlers do not keep up; events dropped in the last minute: \(list)")
    }

    // MARK: Requests

    func perform(_ request: RESTRequest, _ number: Int, completion: @escaping (Result<Payload, DiscordError>) -> Void) {
        let call = rest.perform(request) { [unowned self] result in
            withdrawals[number] = nil
            // An answer that is no JSON is not Discord's; what it lacks is found by whoever reads it.
            completion(result.map { (try? JSONValue(parsing: $0.body)).map { Payload($0) } ?? .null }.mapError { DiscordError($0) })
        }
        withdrawals[number] = { call.cancel() }
    }

    func requestMembers(_ request: MemberRequest, _ number: Int, completion: @escaping (Result<[Payload], DiscordError>) -> Void) {
        do throws(CommandError) {
            let cancel = try fleet.requestMembers(of: request.guild, request.selection, presences: request.presences) { [unowned self] result in
                withdrawals[number] = nil
                completion(result.map { $0.flatMap(Self.members) }.mapError { DiscordError($0) })
            }
            withdrawals[number] = cancel
        } catch {
            completion(.failure(DiscordError(error, at: "requestGuildMembers")))
        }
    }

    /// The members of one GUILD_MEMBERS_CHUNK, whose form the fleet has checked.
    private static func members(_ chunk: [UInt8]) -> [Payload] {
        chunk.withUnsafeBytes { bytes in
            var reader = JSONReader(bytes)
            return (try? reader.readValue())?["members"]?.arrayValue?.map { Payload($0) } ?? []
        }
    }

    func withdraw(_ number: Int) { withdrawals.removeValue(forKey: number)?() }

    func update(_ presence: Presence) {
        do throws(CommandError) { try fleet.updatePresence(presence) } catch { notify(.error, "updatePresence: \(error)") }
    }

    // MARK: Leaving

    /// How long requests under way may still take.
    private static let drainTime = Duration.seconds(5)

    /// Takes no further events, lets requests under way finish, closes the gateway with 1000, and ends the thread.
    /// - Parameter error: why, when it was not asked for; then nothing is waited for.
    func leave(_ error: DiscordError?) {
        guard phase != .leaving else { return }
        phase = .leaving
        fleet.subscriptions = EventSet()
        rest.shutdown(within: error == nil ? Self.drainTime : .milliseconds(1)) { [unowned self] in
            fleet.shutdown { [unowned self] in
                tellShedEvents()
                connection.ended(error)
                reactor.handle.stop()
            }
        }
    }

    private func notify(_ level: Notice.Level, _ text: String) { connection.configuration.notify(Notice(level, text)) }
}

// MARK: - What the gateway tells

extension ClientLoop: GatewayDelegate {
    func gateway(shard: ShardID, dispatched event: EventName, sequence: Int64, data: UnsafeRawBufferPointer, encoding: PayloadEncoding) {
        if handlers.inbox.append(event, shard: shard, sequence: sequence, encoding: encoding, payload: data) == .queued(wake: true) {
            handlers.drain(for: connection)
        }
        pace.delivered(data.count)
    }

    func gateway(
        shard: ShardID, dispatchedUnknown name: UnsafeRawBufferPointer, sequence: Int64, data: UnsafeRawBufferPointer, encoding: PayloadEncoding
    ) {}

    func gateway(onceHandled body: @escaping () -> Void) {
        let body = LoopBound(body, on: reactor)
        handlers.afterWaiting { [handle = reactor.handle] in handle.post { body.value() } }
    }

    func gateway(shard: ShardID, becameReady ready: GatewayProtocol.Ready) {
        notify(.info, "shard \(shard) is online as \(ready.userName)")
    }

    func gatewayResumed(shard: ShardID) {
        notify(.info, "shard \(shard) resumed; nothing was missed")
    }

    func gateway(shard: ShardID, entered sessionPhase: GatewaySession.Phase) {
        if sessionPhase == .ready { onlineShards.insert(shard.index) } else { onlineShards.remove(shard.index) }
        connection.set(online: onlineShards.count)
        guard sessionPhase == .ready else { return }
        if phase == .connecting { phase = .online }
        // Last, so that whoever waits for it finds the client online.
        connection.ready.fulfil(nil)
    }

    func gateway(noted note: GatewayNote) {
        let level: Notice.Level = switch note.level {
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
        notify(level, note.description)
    }

    func gatewayFailed(_ failure: GatewayFailure) { leave(DiscordError(failure)) }
}

@available(*, unavailable) extension ClientLoop: Sendable {}
