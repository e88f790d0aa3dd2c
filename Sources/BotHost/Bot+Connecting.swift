internal import Configuration
internal import Discord
internal import Gateway
internal import JSON
internal import Logging
internal import REST

/// Intents, GET /gateway/bot, and the fleet.
extension Bot {
    /// Logs in with the intents that the loaded packs need.
    func connect() {
        granted(Intents(wanted, extra: options.settings.discord.intents)) { [unowned self] granted, denied in
            guard phase == .connecting else { return }
            guard denied.subtracting(.messageContent).isEmpty else {
                return finish(.failure(BotFailure(.refusedByDiscord, GatewayFailure.intentsDisallowed(denied.names).description)))
            }
            if !denied.isEmpty {
                logger.warning(
                    "the Message Content intent is off: message.content is empty except in direct messages and mentions; switch it on in the developer portal, Bot › Privileged Gateway Intents")
            }
            startFleet(granted)
        }
    }

    /// Which of the intents the portal grants. A privileged one that is switched off is told before Discord would close the connection for it.
    private func granted(_ intents: Intents, then: @escaping (_ granted: Intents, _ denied: Intents) -> Void) {
        guard !intents.isDisjoint(with: .privileged) else { return then(intents, []) }
        rest.perform(RESTRequest(.get, Route("/applications/@me"))) { [unowned self] result in
            switch result {
            case .failure(let error):
                if !isOnline { finish(.failure(BotFailure(error))) } else { then(intents, []) }
            case .success(let response):
                // An answer without flags says nothing about intents; then Discord itself will, with 4014.
                let flags = (try? JSONValue(parsing: response.body))?["flags"]?.integerValue
                let denied = flags.map { intents.denied(byApplicationFlags: UInt64(truncatingIfNeeded: $0)) } ?? []
                then(intents.subtracting(denied), denied)
            }
        }
    }

    private func startFleet(_ intents: Intents) {
        self.intents = intents
        do throws(BotFailure) {
            var configuration = try GatewayConfiguration(options, token: token, intents: intents)
            configuration.presence = presence
            // At the start a supervisor or a person shall know; a bot that was online waits for tomorrow.
            configuration.spentBudget = isOnline ? .wait : .fail
            if options.keepsState && configuration.stateDirectory == nil {
                logger.warning("no folder for state: logins and sessions are not remembered across restarts; set [state] directory")
            }
            let fleet = ShardFleet(configuration: configuration, reactor: reactor, tls: tls, metrics: metrics) { [unowned self] in askBotInfo($0) }
            fleet.delegate = self
            fleet.traces = traces
            fleet.subscriptions = Self.subscriptions(wanted)
            self.fleet = fleet
            fleet.start()
        } catch {
            finish(.failure(error))
        }
    }

    private func askBotInfo(_ completion: @escaping (Result<GatewayBotInfo, GatewayBotInfo.Failure>) -> Void) {
        rest.perform(RESTRequest(.get, Route("/gateway/bot"))) { [unowned self] result in
            switch result {
            case .success(let response):
                guard var info = GatewayBotInfo(response: response.body) else {
                    return completion(.failure(.unavailable("the answer is not Discord's; check [discord] api_url")))
                }
                if let url = options.settings.discord.gatewayURL { info.url = url }
                completion(.success(info))
            case .failure(let error) where error.kind == .unauthorized:
                completion(.failure(.unauthorized))
            case .failure(let error):
                // Before the first session an unreachable host is most likely a mistake, and waiting would hide it.
                if !isOnline && phase == .connecting { finish(.failure(BotFailure(error))) }
                completion(.failure(.unavailable(error.description)))
            }
        }
    }

    /// READY is always wanted: it names the bot's own user.
    private static func subscriptions(_ events: Set<EventName>) -> EventSet {
        EventSet(events.union([.ready]))
    }

    /// The packs listen to other events now. What is delivered follows at once; intents that are missing need a new login.
    func subscribe(to events: Set<EventName>) {
        wanted = events
        guard let fleet, phase == .connecting || phase == .running else { return }
        fleet.subscriptions = Self.subscriptions(events)
        let missing = Intents(events, extra: options.settings.discord.intents).subtracting(intents)
        guard !missing.isEmpty, phase == .running else { return }
        granted(missing) { [unowned self] granted, denied in
            guard phase == .running, self.fleet === fleet else { return }
            if !denied.isEmpty { logger.error("\(GatewayFailure.intentsDisallowed(denied.names))") }
            guard !granted.isEmpty else { return }
            logger.info("handlers need \(granted.names.joined(separator: ", ")) now; logging in again")
            fleet.shutdown { [unowned self] in
                guard phase == .running else { return }
                startFleet(intents.union(granted))
            }
        }
    }
}
