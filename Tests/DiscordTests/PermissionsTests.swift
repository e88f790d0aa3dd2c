import Discord
import Testing

@Suite("Permissions")
struct PermissionsTests {
    static let guild = Snowflake(rawValue: 1)
    static let role = Snowflake(rawValue: 2)
    static let otherRole = Snowflake(rawValue: 3)
    static let user = Snowflake(rawValue: 10)

    /// What a member with both roles may do, when @everyone sees and writes and `role` also pins.
    private func effective(
        _ overwrites: [PermissionOverwrite] = [], roles: [Snowflake] = [role, otherRole], everyone: Permissions = [.viewChannel, .sendMessages, .embedLinks],
        rolePermissions: Permissions = .pinMessages, isOwner: Bool = false, isTimedOut: Bool = false, place: Permissions.Place = .text
    ) -> Permissions {
        .effective(
            of: .init(id: Self.user, isOwner: isOwner, roles: roles, isTimedOut: isTimedOut), guild: Self.guild,
            rolePermissions: [Self.guild: everyone, Self.role: rolePermissions], overwrites: overwrites, place: place)
    }

    @Test("base: @everyone and every role held")
    func base() {
        #expect(effective() == [.viewChannel, .sendMessages, .embedLinks, .pinMessages])
        #expect(effective(roles: []) == [.viewChannel, .sendMessages, .embedLinks])
    }

    @Test("owner and administrators may do everything, overwrites and time-outs notwithstanding")
    func all() {
        let denied = [PermissionOverwrite(target: .member(Self.user), deny: .all)]
        #expect(effective(denied, isOwner: true, isTimedOut: true) == .all)
        #expect(effective(denied, rolePermissions: .administrator, isTimedOut: true) == .all)
    }

    @Test("overwrites: @everyone, then roles together (allow beats deny), then the member")
    func overwrites() {
        let everyone = PermissionOverwrite(target: .role(Self.guild), allow: .addReactions, deny: .pinMessages)
        #expect(effective([everyone]) == [.viewChannel, .sendMessages, .embedLinks, .addReactions])
        let allow = PermissionOverwrite(target: .role(Self.role), allow: .addReactions)
        let deny = PermissionOverwrite(target: .role(Self.otherRole), deny: .addReactions)
        for order in [[allow, deny], [deny, allow]] { #expect(effective(order).contains(.addReactions)) }
        #expect(!effective([deny, everyone]).contains(.addReactions))
        let member = PermissionOverwrite(target: .member(Self.user), allow: .attachFiles, deny: .addReactions)
        #expect(!effective([member, allow]).contains(.addReactions))
        #expect(effective([member, allow]).contains(.attachFiles))
    }

    @Test("overwrites of other members and of roles not held do nothing, even when ids are equal across kinds")
    func foreign() {
        let before = effective()
        #expect(effective([
            .init(target: .member(Snowflake(rawValue: 99)), deny: .all), .init(target: .role(Snowflake(rawValue: 98)), deny: .all),
            .init(target: .role(Self.user), deny: .all), .init(target: .member(Self.guild), deny: .all),
        ]) == before)
    }

    @Test("@everyone among a member's roles counts as @everyone, not as a role that beats another's deny")
    func everyoneAsRole() {
        let everyone = PermissionOverwrite(target: .role(Self.guild), allow: .addReactions)
        let deny = PermissionOverwrite(target: .role(Self.otherRole), deny: .addReactions)
        #expect(!effective([everyone, deny], roles: [Self.guild, Self.otherRole]).contains(.addReactions))
    }

    @Test("a timed-out member keeps seeing and reading")
    func timeout() {
        #expect(effective(everyone: [.viewChannel, .sendMessages, .readMessageHistory], isTimedOut: true) == [.viewChannel, .readMessageHistory])
    }

    @Test("implicit: who may not see may nothing; who may not write may not attach, embed, mention everyone or use TTS")
    func implicit() {
        #expect(effective(everyone: [.sendMessages, .manageChannels]) == [])
        let mute: Permissions = [.viewChannel, .mentionEveryone, .sendTTSMessages, .attachFiles, .embedLinks, .addReactions]
        #expect(effective(roles: [], everyone: mute) == [.viewChannel, .addReactions])
    }

    @Test("implicit: in a thread writing is SEND_MESSAGES_IN_THREADS, in a voice channel everything needs CONNECT")
    func places() {
        let writer: Permissions = [.viewChannel, .sendMessages, .attachFiles]
        #expect(!effective(everyone: writer, place: .thread).contains(.attachFiles))
        #expect(effective(everyone: [.viewChannel, .sendMessagesInThreads, .attachFiles], place: .thread).contains(.attachFiles))
        #expect(effective(everyone: [.viewChannel, .manageChannels, .sendMessages], place: .voice) == .viewChannel)
        #expect(effective(everyone: [.viewChannel, .connect, .manageChannels], place: .voice).contains(.manageChannels))
    }

    @Test("bits, names and the wire form agree")
    func names() {
        #expect(Permissions.all.names.count == 52)
        #expect(Permissions(name: "BYPASS_SLOWMODE")?.rawValue == 1 << 52)
        #expect(Permissions(name: "set_voice_channel_status")?.rawValue == 1 << 48)
        #expect(Permissions(name: "") == nil)
        #expect(Permissions(name: "FLY") == nil)
        for name in Permissions.all.names { #expect(Permissions(name: name)?.names == [name]) }
        #expect(Permissions(decimal: "9007199254740992") == Permissions(rawValue: 1 << 53))
        #expect(Permissions(rawValue: 1 << 53).description == "9007199254740992")
        for bad in ["", "-1", "+1", "1e3", "18446744073709551616"] { #expect(Permissions(decimal: bad) == nil) }
    }
}
