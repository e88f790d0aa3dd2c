internal import Configuration
internal import Discord
internal import Gateway
internal import JSON
internal import Logging
internal import REST
internal import Reactor

/// Intents, GET /gateway/bot, and the fleet.
extension Bot {
    /// Logs in with the intents that the loaded packs need.
    func connect() {
        neededIntents = Intents(scripts.wanted, extra: options.settings.discord.intents)
        granted(neededIntents) { [unowned self] granted, denied in
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
        ask("/applications/@me") { [unowned self] result in
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
        nextIntents = intents
        var configuration = GatewayConfiguration(options.settings.discord, token: token, intents: intents)
        if !options.isSimulated {
            configuration.proxies = .ofEnvironment
            stateDirectory = stateDirectory ?? StateDirectory.prepareUsual()
            if stateDirectory == nil {
                logger.warning("no folder for state: logins and sessions are not remembered across restarts; set [state] directory")
            }
        }
        configuration.stateDirectory = stateDirectory
        configuration.presence = presence
        // At the start a supervisor or a person shall know; a bot that was online waits for tomorrow.
        configuration.spentBudget = isOnline ? .wait : .fail
        let fleet = ShardFleet(configuration: configuration, reactor: reactor, tls: tls, metrics: metrics) { [unowned self] in askBotInfo($0) }
        fleet.delegate = self
        fleet.traces = traces
        fleet.subscriptions = Self.subscriptions(scripts.wanted)
        self.fleet = fleet
        fleet.start()
    }

    private func askBotInfo(_ completion: @escaping (Result<GatewayBotInfo, GatewayBotInfo.Failure>) -> Void) {
        ask("/gateway/bot") { [unowned self] result in
            switch result {
            case .success(let response):
                guard var info = GatewayBotInfo(response: response.body) else {
                    let reason = "the answer is not Discord's; check [discord] api_url"
                    if givesUp(BotFailure(.failure, "GET /gateway/bot: \(reason)")) { return }
                    return completion(.failure(.unavailable(reason)))
                }
                if let url = options.settings.discord.gatewayURL { info.url = url }
                completion(.success(info))
            case .failure(let error) where error.kind == .unauthorized:
                completion(.failure(.unauthorized))
            case .failure(let error):
                if givesUp(BotFailure(error)) { return }
                completion(.failure(.unavailable(error.message)))
            }
        }
    }

    /// Asks what must be known to log in. Nobody hears an answer that comes when the bot ends.
    private func ask(_ path: String, _ answered: @escaping (Result<RESTResponse, RESTError>) -> Void) {
        loginRequest = rest.perform(RESTRequest(.get, Route(path: path))) { [unowned self] result in
            if phase == .connecting || phase == .running { answered(result) }
        }
    }

    /// Ends a bot that has never been online: then an unreachable host is most likely a mistake, and waiting would hide it.
    private func givesUp(_ failure: BotFailure) -> Bool {
        guard !isOnline && phase == .connecting else { return false }
        finish(.failure(failure))
        return true
    }

    /// The gateway cannot be reached. One that is about to come up has as long as REST has for its attempts.
    func givesUp(_ failure: ConnectionFailure) -> Bool {
        let since = unreachableSince ?? reactor.now
        unreachableSince = since
        return reactor.now - since >= .seconds(10) && givesUp(BotFailure(.failure, "\(failure)"))
    }

    /// READY is always wanted: it names the bot's own user.
    private static func subscriptions(_ events: Set<EventName>) -> EventSet {
        EventSet(events.union([.ready]))
    }

    /// The packs listen to other events now. What is delivered follows at once; intents that are missing need a new login.
    func subscribe(to events: Set<EventName>) {
        guard let fleet, phase == .connecting || phase == .running else { return }
        fleet.subscriptions = Self.subscriptions(events)
        let missing = Intents(events, extra: options.settings.discord.intents).subtracting(nextIntents)
        guard !missing.isEmpty, phase == .running else { return }
        granted(missing) { [unowned self] granted, denied in
            guard phase == .running, let fleet = self.fleet else { return }
            if !denied.isEmpty { logger.error("\(GatewayFailure.intentsDisallowed(denied.names))") }
            let added = granted.subtracting(nextIntents)
            guard !added.isEmpty else { return }
            // Also a login that is on its way already asks for them.
            nextIntents.formUnion(added)
            guard !isLoggingInAgain else { return }
            isLoggingInAgain = true
            let pause = pauseBeforeLogin()
            let when = pause >= .seconds(1) ? " in \(pause.components.seconds) s" : ""
            logger.info("handlers need \(added.names.joined(separator: ", ")) now; logging in again\(when)")
            reactor.schedule(after: pause) { [unowned self] in logInAgain(fleet) }
        }
    }

    private func logInAgain(_ fleet: ShardFleet) {
        guard phase == .running, self.fleet === fleet else { return isLoggingInAgain = false }
        newLogins.append(reactor.now)
        fleet.shutdown { [unowned self] in
            isLoggingInAgain = false
            if phase == .running { startFleet(nextIntents) }
        }
    }

    /// Events pass by during a login, and the day has only so many: packs get three of them nearly at once (several are often reloaded together), then one
    /// in ten minutes for all that came meanwhile.
    private func pauseBeforeLogin() -> Duration {
        let (window, together) = (Duration.seconds(600), Duration.milliseconds(250))
        newLogins.removeAll { reactor.now - $0 >= window }
        guard newLogins.count >= 3, let last = newLogins.last else { return together }
        return max(together, window - (reactor.now - last))
    }

    /// Online for the first time. A pack may have joined meanwhile, whose handlers need more than was asked for.
    func lookForMissingIntents() {
        guard phase == .running else { return }
        let needed = Intents(scripts.wanted, extra: options.settings.discord.intents)
        if !needed.isSubset(of: neededIntents) { subscribe(to: scripts.wanted) }
    }
}
