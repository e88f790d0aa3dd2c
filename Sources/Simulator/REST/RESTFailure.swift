import JSON

/// An error answer in Discord's form (Discord docs, Reference › Error Messages).
struct RESTFailure: Error, Equatable {
    let status: Int
    let code: Int
    let message: String
    /// The tree of what is wrong with the body, with code 50035.
    var errors: JSONValue?

    init(_ status: Int, _ code: Int, _ message: String, errors: JSONValue? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors
    }

    static let unauthorized = RESTFailure(401, 0, "401: Unauthorized")
    static let notFound = RESTFailure(404, 0, "404: Not Found")
    static let methodNotAllowed = RESTFailure(405, 0, "405: Method Not Allowed")
    static let unknownChannel = RESTFailure(404, 10003, "Unknown Channel")
    static let unknownGuild = RESTFailure(404, 10004, "Unknown Guild")
    static let unknownMember = RESTFailure(404, 10007, "Unknown Member")
    static let unknownMessage = RESTFailure(404, 10008, "Unknown Message")
    static let unknownRole = RESTFailure(404, 10011, "Unknown Role")
    static let unknownUser = RESTFailure(404, 10013, "Unknown User")
    static let unknownEmoji = RESTFailure(400, 10014, "Unknown Emoji")
    static let unknownWebhook = RESTFailure(404, 10015, "Unknown Webhook")
    static let unknownBan = RESTFailure(404, 10026, "Unknown Ban")
    static let unknownInteraction = RESTFailure(404, 10062, "Unknown interaction")
    static let unknownCommand = RESTFailure(404, 10063, "Unknown application command")
    static let alreadyAcknowledged = RESTFailure(400, 40060, "Interaction has already been acknowledged.")
    static let missingAccess = RESTFailure(403, 50001, "Missing Access")
    static let notAuthor = RESTFailure(403, 50005, "Cannot edit a message authored by another user")
    static let emptyMessage = RESTFailure(400, 50006, "Cannot send an empty message")
    static let wrongChannelKind = RESTFailure(400, 50008, "Cannot send messages in a non-text channel")
    static let missingPermissions = RESTFailure(403, 50013, "Missing Permissions")
    static let bulkDeleteCount = RESTFailure(400, 50016, "You can only bulk delete between 2 and 100 messages.")
    static let invalidJSON = RESTFailure(400, 50109, "The request body contains invalid JSON.")

    /// Code 50035 with one fault at a place in the body, such as `["embeds", "0", "title"]`.
    static func invalid(_ path: [String], _ code: String, _ message: String) -> RESTFailure {
        var tree: JSONValue = ["_errors": [["code": .string(code), "message": .string(message)]]]
        for step in path.reversed() { tree = .object(JSONObject([(key: step, value: tree)])) }
        return RESTFailure(400, 50035, "Invalid Form Body", errors: tree)
    }

    static func tooLong(_ path: [String], _ limit: Int) -> RESTFailure {
        invalid(path, "BASE_TYPE_MAX_LENGTH", "Must be \(limit) or fewer in length.")
    }

    static func required(_ path: [String]) -> RESTFailure { invalid(path, "BASE_TYPE_REQUIRED", "This field is required") }

    /// The value has the wrong type, or is none of those allowed.
    static func unusable(_ path: [String], _ message: String) -> RESTFailure { invalid(path, "BASE_TYPE_CHOICES", message) }

    var body: JSONValue {
        var body: JSONValue = ["message": .string(message), "code": .integer(Int64(code))]
        if let errors { body["errors"] = errors }
        return body
    }
}
