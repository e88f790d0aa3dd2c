import JSON

/// What a user is doing (Discord docs, Gateway Events › Presence Update Event Fields).
struct UserPresence: Sendable {
    var status: String
    var activities: [JSONValue] = []

    static let offline = UserPresence(status: "offline")

    var fields: JSONValue {
        ["status": .string(status), "activities": .array(activities),
         "client_status": status == "offline" ? [:] : ["web": .string(status)]]
    }
}
