import Discord
import MoonwireClient
import Simulator
import Testing

@Suite("What goes wrong is one error with what, where and remedy", .timeLimit(.minutes(1)))
struct DiscordErrorTests {
    private static let stranger = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789AB"

    private func failure(of scene: Scene) async -> DiscordError? {
        do throws(DiscordError) {
            try await scene.client.connect()
            return nil
        } catch {
            return error
        }
    }

    @Test("a text that is no token is refused, and not repeated", arguments: ["", "Bot \(stranger)", "abc def", "abcdef"])
    func malformedToken(token: String) {
        do throws(DiscordError) {
            _ = try DiscordClient(token: token)
            Issue.record("accepted")
        } catch {
            #expect(error.kind == .configuration && !error.remedy.isEmpty)
            #expect(token.isEmpty || !error.description.contains(token))
        }
    }

    @Test("a token that Discord refuses (401)") func wrongToken() async throws {
        try await Scene.play(token: Self.stranger) { scene in
            let error = try #require(await failure(of: scene))
            #expect(error.kind == .tokenRefused && error.what.contains("refused the token") && error.remedy.contains("developer portal"), "\(error)")
            #expect(!scene.client.isConnected && !error.description.contains(Self.stranger))
        }
    }

    @Test("an intent that is switched off in the portal (4014)") func intents() async throws {
        var settings = SimulatorConfiguration()
        settings.grantedIntents = .unprivileged
        try await Scene.play(settings) { scene in
            scene.client.setIntents([.guilds, .guildMembers])
            let error = try #require(await failure(of: scene))
            #expect(error.kind == .intentsRefused && error.what.contains("GUILD_MEMBERS") && error.remedy.contains("developer portal"), "\(error)")
        }
    }

    @Test("no login left today") func loginsSpent() async throws {
        var settings = SimulatorConfiguration()
        settings.sessionStarts = 1
        try await Scene.play(settings) { scene in
            try await scene.client.connect()
            await scene.client.disconnect()
            let error = try #require(await failure(of: scene))
            #expect(error.kind == .loginsSpent && error.remedy.contains("UTC"), "\(error)")
        }
    }

    @Test("a host that cannot be reached, and a certificate that does not verify") func unreachable() async throws {
        try await Scene.play(configure: { $0.apiURL = "http://127.0.0.1:1/api/v10" }) { scene in
            let error = try #require(await failure(of: scene))
            #expect(error.kind == .unreachable && error.remedy.contains("apiURL"), "\(error)")
            #expect(!error.description.contains("[discord]"), "a library has no moonwire.toml: \(error)")
        }
        try await Scene.play(configure: { $0.caFile = nil }) { scene in
            let error = try #require(await failure(of: scene))
            #expect(error.kind == .unreachable && error.description.contains("certificate") && error.remedy.contains("caFile"), "\(error)")
        }
    }

    @Test("settings that cannot be used are named", arguments: ["caFile", "apiURL", "shards", "gatewayURL"])
    func configuration(setting: String) async throws {
        try await Scene.play(configure: { configuration in
            switch setting {
            case "caFile": configuration.caFile = "/nonexistent/ca.pem"
            case "apiURL": configuration.apiURL = "discord.com"
            case "shards": configuration.shards = .range(2...4, of: 4)
            default: configuration.gatewayURL = "https://discord.com"
            }
        }) { scene in
            let error = try #require(await failure(of: scene))
            #expect(error.kind == .configuration && error.description.contains(setting) && !error.description.contains("[discord]"), "\(error)")
        }
    }

    @Test("calls of a client that is not connected") func notConnected() async throws {
        try await Scene.play { scene in
            for _ in 0..<10 {
                do throws(DiscordError) {
                    _ = try await scene.client.sendMessage("hello", to: scene.channel)
                    Issue.record("sent")
                } catch { #expect(error.kind == .notConnected && error.remedy.contains("connect")) }
                do throws(DiscordError) {
                    _ = try await scene.client.requestGuildMembers(scene.guild)
                    Issue.record("asked")
                } catch { #expect(error.kind == .notConnected) }
                try await scene.client.connect()
                await scene.client.disconnect()
            }
        }
    }

    @Test("a second connect of a connected client") func alreadyConnected() async throws {
        try await Scene.play { scene in
            try await scene.client.connect()
            #expect(await failure(of: scene)?.kind == .alreadyConnected)
            #expect(scene.client.isConnected)
        }
    }

    @Test("what Discord refuses has its status, code and route") func refused() async throws {
        try await Scene.play { scene in
            try await scene.client.connect()
            do throws(DiscordError) {
                _ = try await scene.client.sendMessage("nobody reads this", to: .init(rawValue: 1))
                Issue.record("sent")
            } catch {
                #expect(error.kind == .refused && error.status == 404 && error.code == 10003)
                #expect(error.place == "POST /channels/1/messages" && error.remedy.contains("ids"))
            }
            do throws(DiscordError) {
                _ = try await scene.client.sendMessage([], to: scene.channel)
                Issue.record("sent")
            } catch { #expect(error.kind == .invalidRequest) }
        }
    }

    @Test("cancelling a task ends its wait: connect, a request, waitUntilDisconnected") func cancellation() async throws {
        try await Scene.play(configure: { $0.gatewayURL = "ws://127.0.0.1:1" }) { scene in
            let connecting = Task { await failure(of: scene) }
            try await scene.simulator.first("GET /gateway/bot") { if case .request(_, let path, _) = $0, path.hasSuffix("/gateway/bot") { () } else { nil } }
            connecting.cancel()
            #expect(await connecting.value?.kind == .cancelled)
        }
        try await Scene.play { scene in
            try await scene.client.connect()
            let waiting = Task { () -> DiscordError? in
                do throws(DiscordError) {
                    try await scene.client.waitUntilDisconnected()
                    return nil
                } catch { return error }
            }
            waiting.cancel()
            #expect(await waiting.value?.kind == .cancelled)
            #expect(scene.client.isConnected)
        }
    }

    @Test("a message whose task is cancelled while it waits for its rate limit is not sent later") func cancelledMessage() async throws {
        try await Scene.play { scene in
            try await scene.client.connect()
            try await scene.simulator.spoil(path: "/messages", with: .rateLimited(retryAfter: .seconds(3), scope: "user"))
            let sending = Task { () -> DiscordError? in
                do throws(DiscordError) {
                    _ = try await scene.client.sendMessage("too late", to: scene.channel)
                    return nil
                } catch { return error }
            }
            try await scene.simulator.first("429") { if case .request(_, _, 429) = $0 { () } else { nil } }
            sending.cancel()
            #expect(await sending.value?.kind == .cancelled)
            // This lets what is still under way finish.
            await scene.client.disconnect()
            #expect(try await !scene.simulator.observations().contains { if case .message = $0 { true } else { false } })
        }
    }

    @Test("a connection that ends for good later is told to who waits for it") func endsLater() async throws {
        try await Scene.play { scene in
            try await scene.client.connect()
            try await scene.simulator.inflict(.close(code: 4004, reason: "Authentication failed."))
            do throws(DiscordError) {
                try await scene.client.waitUntilDisconnected()
                Issue.record("ended without a reason")
            } catch { #expect(error.kind == .tokenRefused) }
            #expect(!scene.client.isConnected)
        }
    }
}
