import Discord
import GatewayProtocol
import Testing

@Suite("Gateway › Rate Limiting")
struct CommandLimiterTests {
    static let start = ContinuousClock.now
    static let guild = Snowflake(rawValue: 5)
    static let request = GatewayCommand.requestSoundboardSounds(guilds: [guild])

    private func limiter(ready: Bool = true, heartbeatInterval: Duration = .seconds(41), queueLimit: Int = 1000) -> CommandLimiter {
        var limiter = CommandLimiter(encoding: .json, queueLimit: queueLimit)
        limiter.connectionOpened()
        limiter.helloReceived(heartbeatInterval: heartbeatInterval)
        if ready { limiter.sessionReady() }
        return limiter
    }

    private func at(_ seconds: Double) -> ContinuousClock.Instant { Self.start + .seconds(seconds) }

    private func presence(_ text: String) throws -> GatewayCommand {
        .presenceUpdate(Presence(activities: [try Activity(.playing, name: text)]))
    }

    private func members(of guild: Snowflake, _ selection: MemberRequest.Selection = .all, nonce: String? = nil) throws -> GatewayCommand {
        .requestGuildMembers(try MemberRequest(guild: guild, selection: selection, nonce: nonce))
    }

    /// Everything that may be sent at `now`.
    private func drain(_ limiter: inout CommandLimiter, at now: ContinuousClock.Instant) -> [GatewayCommand] {
        var sent: [GatewayCommand] = []
        while case .send(let command) = limiter.next(at: now) { sent.append(command) }
        return sent
    }

    @Test("the order is heartbeat, login, voice state, presence, and the rest as it came")
    func order() throws {
        var limiter = limiter()
        let voice = GatewayCommand.voiceStateUpdate(guild: Self.guild, channel: nil, isMuted: false, isDeafened: false)
        let login = GatewayCommand.resume(token: try BotToken("a.b.c"), sessionID: "s", sequence: 1)
        let commands = [Self.request, try members(of: Self.guild, .users([Self.guild])), try presence("x"), voice, login, .heartbeat(sequence: 1)]
        for command in commands { try limiter.enqueue(command) }
        #expect(limiter.count == 6)
        #expect(drain(&limiter, at: at(0)) == [commands[5], login, voice, commands[2], commands[0], commands[1]])
        #expect(limiter.next(at: at(0)) == .idle)
        #expect(limiter.count == 0)
    }

    @Test("a minute takes 120 commands less a reserve; the next goes when the first leaves the window")
    func budget() throws {
        var limiter = limiter()
        for _ in 0..<200 { try limiter.enqueue(Self.request) }
        #expect(drain(&limiter, at: at(0)).count == 115)
        #expect(limiter.next(at: at(30)) == .wait(until: at(61)))
        #expect(limiter.next(at: at(60.9)) == .wait(until: at(61)))
        #expect(drain(&limiter, at: at(61)).count == 85)
    }

    @Test("an origin has at most three quarters of what the others leave in a minute, so that one that floods keeps nobody waiting")
    func origins() throws {
        var limiter = limiter()
        func ask(_ origin: Int) throws -> GatewayCommand {
            .requestGuildMembers(try MemberRequest(guild: Self.guild, selection: .query(prefix: "", limit: 1), origin: origin))
        }
        for _ in 0..<200 { try limiter.enqueue(ask(1)) }
        #expect(drain(&limiter, at: at(0)).count == 86)
        #expect(limiter.next(at: at(1)) == .wait(until: at(61)))
        try limiter.enqueue(ask(2))
        #expect(drain(&limiter, at: at(30)) == [try ask(2)])
        for _ in 0..<50 { try limiter.enqueue(ask(0)) }
        #expect(drain(&limiter, at: at(31)).count == 28, "the host is held to the shard's budget only")
        #expect(drain(&limiter, at: at(61)).count == 86)
    }

    @Test("over any run of requests no window of 60 seconds holds more than 120 commands")
    func slidingWindow() throws {
        var limiter = limiter(heartbeatInterval: .seconds(20))
        var sent: [Double] = []
        for tenth in 0..<3000 {
            let now = Double(tenth) / 10
            if tenth % 3 == 0 { try limiter.enqueue(Self.request) }
            if tenth % 200 == 0 { try limiter.enqueue(.heartbeat(sequence: nil)) }
            sent += drain(&limiter, at: at(now)).map { _ in now }
        }
        for (index, first) in sent.enumerated() {
            #expect(sent[index...].prefix { $0 - first < 60 }.count <= 120)
        }
        #expect(sent.count > 500)
    }

    @Test("heartbeats and logins go even when the budget is spent, and are counted")
    func reserve() throws {
        var limiter = limiter()
        for _ in 0..<120 { try limiter.enqueue(Self.request) }
        #expect(drain(&limiter, at: at(0)).count == 115)
        for _ in 0..<3 { try limiter.enqueue(.heartbeat(sequence: 1)) }
        #expect(drain(&limiter, at: at(1)) == [.heartbeat(sequence: 1), .heartbeat(sequence: 1), .heartbeat(sequence: 1)])
        // At 61 s the 115 of the start have left, but three beats are still in the window.
        for _ in 0..<200 { try limiter.enqueue(Self.request) }
        #expect(drain(&limiter, at: at(61)).count == 112)
    }

    @Test("the reserve grows with the pace of heartbeats, up to half of all", arguments: [(60.0, 115), (41, 115), (10, 113), (1, 60), (0.01, 60)])
    func reserveSize(interval: Double, allowed: Int) throws {
        var limiter = limiter(heartbeatInterval: .seconds(interval))
        for _ in 0..<200 { try limiter.enqueue(Self.request) }
        #expect(drain(&limiter, at: at(0)).count == allowed)
    }

    @Test("before READY only the session's own commands go; the others wait for it")
    func notReady() throws {
        var limiter = limiter(ready: false)
        try limiter.enqueue(Self.request)
        try limiter.enqueue(.heartbeat(sequence: nil))
        #expect(drain(&limiter, at: at(0)) == [.heartbeat(sequence: nil)])
        #expect(limiter.next(at: at(0)) == .idle)
        limiter.sessionReady()
        #expect(drain(&limiter, at: at(0)) == [Self.request])
    }

    @Test("a new connection has a whole budget; its predecessor's heartbeats and login are gone, commands are not")
    func reconnect() throws {
        var limiter = limiter()
        for _ in 0..<150 { try limiter.enqueue(Self.request) }
        #expect(drain(&limiter, at: at(0)).count == 115)
        try limiter.enqueue(.heartbeat(sequence: 1))
        try limiter.enqueue(.resume(token: try BotToken("a.b.c"), sessionID: "s", sequence: 1))
        limiter.connectionOpened()
        #expect(limiter.next(at: at(1)) == .idle)
        limiter.sessionReady()
        #expect(drain(&limiter, at: at(1)).count == 35)
    }

    @Test("of presence updates that wait only the newest is sent, five in 20 seconds")
    func presence() throws {
        var limiter = limiter()
        for round in 0..<5 {
            try limiter.enqueue(try presence("old"))
            try limiter.enqueue(try presence("new \(round)"))
            #expect(drain(&limiter, at: at(Double(round))) == [try presence("new \(round)")])
        }
        try limiter.enqueue(try presence("sixth"))
        #expect(limiter.next(at: at(5)) == .wait(until: at(21)))
        try limiter.enqueue(try presence("seventh"))
        #expect(limiter.next(at: at(20)) == .wait(until: at(21)))
        #expect(drain(&limiter, at: at(21)) == [try presence("seventh")])
    }

    @Test("presence updates that wait hold nothing else up, also across a reconnect")
    func presenceWaits() throws {
        var limiter = limiter()
        for round in 0..<6 {
            try limiter.enqueue(try presence("\(round)"))
            _ = limiter.next(at: at(0))
        }
        try limiter.enqueue(Self.request)
        #expect(drain(&limiter, at: at(0)) == [Self.request])
        limiter.connectionOpened()
        limiter.sessionReady()
        #expect(limiter.next(at: at(1)) == .wait(until: at(21)))
    }

    @Test("op 8 for everyone: once per guild in 30 seconds; other guilds and other requests pass by")
    func fullRequests() throws {
        var limiter = limiter()
        let other = Snowflake(rawValue: 6)
        let all = try members(of: Self.guild), allOfOther = try members(of: other), some = try members(of: Self.guild, .query(prefix: "a", limit: 1))
        for command in [all, all, all, allOfOther, some] { try limiter.enqueue(command) }
        #expect(drain(&limiter, at: at(0)) == [all, allOfOther, some])
        #expect(limiter.next(at: at(0)) == .wait(until: at(31)))
        #expect(drain(&limiter, at: at(31)) == [all])
        limiter.connectionOpened()
        limiter.sessionReady()
        #expect(limiter.next(at: at(32)) == .wait(until: at(62)))
    }

    @Test("RATE_LIMITED holds that guild's full requests as long as it says, and nothing else")
    func rateLimited() throws {
        var limiter = limiter()
        limiter.rateLimited(
            RateLimited(opcode: .requestGuildMembers, retryAfter: .seconds(100), guild: Self.guild, nonce: "n"), at: at(0))
        let all = try members(of: Self.guild), some = try members(of: Self.guild, .users([Self.guild]))
        try limiter.enqueue(all)
        try limiter.enqueue(some)
        #expect(drain(&limiter, at: at(0)) == [some])
        #expect(limiter.next(at: at(50)) == .wait(until: at(100)))
        #expect(drain(&limiter, at: at(100)) == [all])
    }

    @Test("RATE_LIMITED of another opcode, or without a guild, holds that opcode", arguments: [
        GatewayOpcode.requestSoundboardSounds, .requestGuildMembers, .presenceUpdate, .voiceStateUpdate,
    ])
    func rateLimitedOpcode(opcode: GatewayOpcode) throws {
        var limiter = limiter()
        limiter.rateLimited(RateLimited(opcode: opcode, retryAfter: .seconds(10), guild: nil, nonce: nil), at: at(0))
        let commands = [
            GatewayCommand.voiceStateUpdate(guild: Self.guild, channel: nil, isMuted: false, isDeafened: false), try presence("x"), Self.request,
            try members(of: Self.guild),
        ]
        for command in commands { try limiter.enqueue(command) }
        #expect(drain(&limiter, at: at(0)) == commands.filter { $0.opcode != opcode })
        #expect(limiter.next(at: at(0)) == .wait(until: at(10)))
        #expect(drain(&limiter, at: at(10)).map(\.opcode) == [opcode])
    }

    @Test("a full queue refuses requests, never heartbeats, logins or presence")
    func queueFull() throws {
        var limiter = limiter(ready: false, queueLimit: 2)
        try limiter.enqueue(Self.request)
        try limiter.enqueue(.voiceStateUpdate(guild: Self.guild, channel: nil, isMuted: false, isDeafened: false))
        #expect(throws: CommandError.queueFull(limit: 2)) { try limiter.enqueue(Self.request) }
        for command in [GatewayCommand.heartbeat(sequence: 1), try presence("x")] {
            #expect(throws: Never.self) { try limiter.enqueue(command) }
        }
    }

    @Test("a payload over 4096 bytes is refused on the way in")
    func tooLarge() throws {
        var limiter = limiter()
        #expect(throws: CommandError.self) {
            try limiter.enqueue(.requestChannelInfo(guild: Self.guild, fields: [String(repeating: "x", count: 4096)]))
        }
        #expect(limiter.count == 0)
    }

    @Test("a request that still waits can be withdrawn")
    func withdraw() throws {
        var limiter = limiter()
        for nonce in ["a", "b"] { try limiter.enqueue(try members(of: Self.guild, .users([Self.guild]), nonce: nonce)) }
        let answers = [limiter.withdraw(nonce: "a"), limiter.withdraw(nonce: "a")]
        #expect(answers == [true, false])
        #expect(drain(&limiter, at: at(0)) == [try members(of: Self.guild, .users([Self.guild]), nonce: "b")])
        let wasSent = !limiter.withdraw(nonce: "b")
        #expect(wasSent)
    }
}
