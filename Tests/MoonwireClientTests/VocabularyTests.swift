import Discord
import Testing

@testable import MoonwireClient

@Suite("The library's own names and Discord's") struct VocabularyTests {
    @Test("every event of Discord's has a case of its name") func events() {
        #expect(Event.allCases.map(\.rawValue) == EventName.allCases.map(\.description))
        #expect(Event.allCases.map(\.name) == EventName.allCases)
    }

    @Test("every intent has its bit") func intents() {
        let all: [MoonwireClient.Intents] = [
            .guilds, .guildMembers, .guildModeration, .guildExpressions, .guildIntegrations, .guildWebhooks, .guildInvites, .guildVoiceStates,
            .guildPresences, .guildMessages, .guildMessageReactions, .guildMessageTyping, .directMessages, .directMessageReactions,
            .directMessageTyping, .messageContent, .guildScheduledEvents, .autoModerationConfiguration, .autoModerationExecution,
            .guildMessagePolls, .directMessagePolls,
        ]
        #expect(all.map(\.rawValue) == Discord.Intents.names.map(\.intent.rawValue))
        #expect(MoonwireClient.Intents.privileged.union(.unprivileged).rawValue == Discord.Intents.all.rawValue)
    }

    @Test("an id is its decimal form", arguments: ["0", "41771983423143937", "18446744073709551615"]) func ids(text: String) {
        #expect(MoonwireClient.Snowflake(text)?.description == text)
    }

    @Test("anything else is no id", arguments: ["", "01", "-1", "18446744073709551616", "1.0", " 1"]) func noIDs(text: String) {
        #expect(MoonwireClient.Snowflake(text) == nil)
    }
}
