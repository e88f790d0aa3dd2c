import Discord
import JSON

/// A message about to be posted or edited: the checked content of a request, or what a simulated person says.
struct MessageDraft: Sendable {
    var content: String?
    var embeds: [JSONValue]?
    var components: [JSONValue]?
    var attachments: [JSONValue]?
    var stickers: [JSONValue] = []
    var poll: JSONValue?
    var flags: Int64?
    var isSpoken = false
    var nonce: JSONValue?
    var enforcesNonce = false
    var replyTo: Snowflake?
    var allowedMentions = AllowedMentions()

    init(content: String? = nil) { self.content = content }

    /// Which mentions in the content take effect (Discord docs, Resources › Message › Allowed Mentions).
    struct AllowedMentions: Sendable {
        var users = true
        var roles = true
        var everyone = true
        /// With `users` off: only these.
        var userIDs: [Snowflake] = []
        var roleIDs: [Snowflake] = []
        /// A reply mentions whom it answers. On unless an `allowed_mentions` object says otherwise.
        var repliedUser = true

        func allows(user id: Snowflake) -> Bool { users || userIDs.contains(id) }
        func allows(role id: Snowflake) -> Bool { roles || roleIDs.contains(id) }
    }
}
