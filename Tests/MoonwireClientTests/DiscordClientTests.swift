import JSON
import MoonwireClient
import Simulator
import Synchronization
import Testing

@Suite("A bot in Swift against a simulated Discord", .timeLimit(.minutes(1)))
struct DiscordClientTests {
    @Test("connect returns online, READY names the bot and its guilds, and disconnect closes with 1000") func life() async throws {
        try await Scene.play { scene in
            let client = scene.client
            let ready = Collected<Ready>()
            client.onReady { ready.add($0) }
            #expect(!client.isConnected)
            try await client.connect()
            #expect(client.isConnected)
            let first = try #require(await ready.first(1).first)
            #expect(first.user.id == scene.bot && first.user.isBot && first.shard == 0)
            #expect(first.guilds == [scene.guild])
            #expect(first.payload["v"].integer == 10)

            await client.disconnect()
            #expect(!client.isConnected)
            let code = try await scene.simulator.first("a close frame") { observation -> Int? in
                guard case .session(let change) = observation, case .closed(let code, true, _) = change.state else { return nil }
                return code ?? -1
            }
            #expect(code == 1000)
            try await client.waitUntilDisconnected()
        }
    }

    @Test("a message is handed over typed, and its reply refers to it") func reply() async throws {
        try await Scene.play { scene in
            let answers = Collected<Message>()
            scene.client.onMessageCreate { message in
                if message.content == "!ping" { answers.add(try await message.reply("pong")) }
            }
            try await scene.client.connect()
            let id = try await scene.simulator.say("!ping")
            let sent = try await scene.simulator.botSays("pong")
            #expect(sent["message_reference"]?["message_id"]?.stringValue == "\(id)")
            let answer = try #require(await answers.first(1).first)
            #expect(answer.content == "pong" && answer.channelID == scene.channel && answer.author.isBot)
            #expect(sent["id"]?.stringValue == answer.id.description)
        }
    }

    @Test("any event has its payload, with what Discord put in it") func anyEvent() async throws {
        try await Scene.play { scene in
            let guilds = Collected<Payload>()
            scene.client.setIntents([.guilds])
            scene.client.on(.guildCreate) { guilds.add($0) }
            try await scene.client.connect()
            let guild = try #require(await guilds.first(1).first)
            #expect(guild["id"].snowflake == scene.guild)
            #expect(guild["channels"].array.contains { $0["id"].snowflake == scene.channel })
            let intents = try await scene.simulator.first("IDENTIFY") { observation -> Int64? in
                guard case .command(_, 2, let data) = observation else { return nil }
                return data["intents"]?.integerValue
            }
            #expect(intents == 1)
        }
    }

    @Test("without setIntents the handlers' needs are asked for") func derivedIntents() async throws {
        try await Scene.play { scene in
            scene.client.on(.messageReactionAdd) { _ in }
            try await scene.client.connect()
            let intents = try await scene.simulator.first("IDENTIFY") { observation -> Int64? in
                guard case .command(_, 2, let data) = observation else { return nil }
                return data["intents"]?.integerValue
            }
            #expect(intents == Int64((Intents.guildMessageReactions.union(.directMessageReactions)).rawValue))
        }
    }

    @Test("handlers begin in the order of the events") func order() async throws {
        try await Scene.play { scene in
            let (ids, done) = (Collected<Snowflake>(), Collected<Int>())
            let count = Mutex(0)
            scene.client.onMessageCreate { message in
                ids.add(message.id)
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                if message.content == "!done" { done.add(number) }
            }
            try await scene.client.connect()
            try await scene.simulator.flood(count: 4000)
            let number = try #require(await done.first(1).first)
            let order = await ids.first(number)
            #expect(number > 500 && order == order.sorted())
        }
    }

    @Test("every event of a burst is handled once, whatever its handler takes") func burst() async throws {
        try await Scene.play { scene in
            let done = Collected<Void>()
            let handled = Mutex(0)
            for event in [Event.presenceUpdate, .typingStart, .messageReactionAdd, .guildMemberUpdate, .voiceStateUpdate, .interactionCreate] {
                scene.client.on(event) { _ in handled.withLock { $0 += 1 } }
            }
            scene.client.onMessageCreate { message in
                handled.withLock { $0 += 1 }
                let end = ContinuousClock.now + .microseconds(500)
                while ContinuousClock.now < end {}
                if message.content == "!done" { done.add(()) }
            }
            scene.client.setIntents(.unprivileged.union(.privileged))
            try await scene.client.connect()
            try await scene.simulator.flood(count: 6000)
            _ = await done.first(1)
            await scene.client.disconnect()
            #expect(handled.withLock { $0 } == 6000)
            #expect(!scene.notices.texts(from: .warning).contains { $0.contains("dropped") })
        }
    }

    @Test("a handler that waits lets the next begin") func waiting() async throws {
        try await Scene.play { scene in
            let seen = Collected<String>()
            let gate = Collected<Void>()
            scene.client.onMessageCreate { message in
                seen.add("begin \(message.content)")
                if message.content == "0" {
                    _ = await gate.first(1)
                    seen.add("end 0")
                }
                if message.content == "9" { gate.add(()) }
            }
            try await scene.client.connect()
            for number in 0..<10 { try await scene.simulator.say("\(number)") }
            #expect(await seen.first(11) == (0..<10).map { "begin \($0)" } + ["end 0"])
        }
    }

    @Test("a handler that throws is told of, and the next event is handled") func failingHandler() async throws {
        struct Mishap: Error {}
        try await Scene.play { scene in
            scene.client.onMessageCreate { message in
                if message.author.isBot { return }
                if message.content == "fail" { throw Mishap() }
                try await message.reply("still here")
            }
            try await scene.client.connect()
            try await scene.simulator.say("fail")
            try await scene.simulator.say("go on")
            try await scene.simulator.botSays("still here")
            #expect(scene.notices.texts(from: .error) == ["a handler of MESSAGE_CREATE failed: Mishap()"])
        }
    }

    @Test("a presence is sent when online, and is in the IDENTIFY when set before") func presence() async throws {
        try await Scene.play { scene in
            try scene.client.updatePresence("getting up", .idle)
            try await scene.client.connect()
            let first = try await scene.simulator.first("a presence") { observation in
                if case .presence(_, let data) = observation { data } else { nil }
            }
            #expect(first["status"]?.stringValue == "idle" && first["activities"]?[0]?["state"]?.stringValue == "getting up")
            let mark = try await scene.simulator.mark()
            try scene.client.updatePresence("", .doNotDisturb)
            let second = try await scene.simulator.first("a presence", after: mark) { observation in
                if case .presence(_, let data) = observation { data } else { nil }
            }
            #expect(second["status"]?.stringValue == "dnd" && second["activities"]?.arrayValue?.isEmpty == true)
            #expect(throws: DiscordError.self) { try scene.client.updatePresence(String(repeating: "x", count: 129)) }
        }
    }

    @Test("members come whole, by name and by id") func members() async throws {
        var settings = SimulatorConfiguration()
        settings.world.extraMembers = 1500
        try await Scene.play(settings) { scene in
            scene.client.setIntents([.guilds, .guildMembers])
            try await scene.client.connect()
            let all = try await scene.client.requestGuildMembers(scene.guild)
            #expect(all.count > 1500)
            #expect(Set(all.map { $0["user"]["id"].snowflake }).count == all.count && !all.contains { $0["user"]["id"].isNull })
            let person = try await scene.client.requestGuildMembers(scene.guild, query: scene.simulator.personName, limit: 5)
            #expect(person.contains { $0["user"]["id"].snowflake == scene.person })
            let bot = try await scene.client.requestGuildMembers(scene.guild, users: [scene.bot])
            #expect(bot.map { $0["user"]["bot"].bool } == [true])
            do throws(DiscordError) {
                _ = try await scene.client.requestGuildMembers(scene.guild, query: "a", limit: 101)
                Issue.record("a limit of 101 was accepted")
            } catch { #expect(error.kind == .invalidRequest && error.description.contains("101")) }
        }
    }

    @Test("a dropped connection is resumed, and what was said meanwhile arrives") func resume() async throws {
        try await Scene.play { scene in
            let heard = Collected<String>()
            scene.client.onMessageCreate { heard.add($0.content) }
            try await scene.client.connect()
            try await scene.simulator.inflict(.cut)
            for number in 1...3 { try await scene.simulator.say("\(number)") }
            #expect(await heard.first(3) == ["1", "2", "3"])
        }
    }

    @Test("a client can connect again, and its handlers are still there") func again() async throws {
        try await Scene.play { scene in
            scene.client.onMessageCreate { message in
                if !message.author.isBot { try await message.reply("heard \(message.content)") }
            }
            try await scene.client.connect()
            await scene.client.disconnect()
            try await scene.client.connect()
            try await scene.simulator.say("you")
            try await scene.simulator.botSays("heard you")
        }
    }

    @Test("a client that nobody keeps goes offline with 1000") func released() async throws {
        let simulator = try await SimulatorServer.start()
        do {
            var configuration = ClientConfiguration()
            configuration.apiURL = simulator.apiURL
            configuration.caFile = simulator.caFile
            try await DiscordClient(token: simulator.token, configuration: configuration).connect()
        }
        let code = try await simulator.first("a close frame") { observation -> Int? in
            guard case .session(let change) = observation, case .closed(let code, true, _) = change.state else { return nil }
            return code ?? -1
        }
        #expect(code == 1000)
        await simulator.stop()
    }
}
