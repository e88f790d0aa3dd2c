package import Discord

/// What the host needs of READY's `d` (docs, Gateway Events › Ready).
package struct Ready: Equatable, Sendable {
    package let sessionID: String
    /// May lack the query of the first connection, which is to be appended again.
    package let resumeURL: String
    package let userID: Snowflake
    package let userName: String
    package let applicationID: Snowflake?
    /// Ids of this shard's guilds, each of them still to come as GUILD_CREATE or GUILD_DELETE.
    package let guilds: [Snowflake]

    /// Members whose form has changed count as missing.
    /// - Throws: also when session id, resume URL or the user's id is missing, since no session can be kept without.
    package init(_ data: UnsafeRawBufferPointer, encoding: PayloadEncoding) throws(PayloadError) {
        var sessionID = "", resumeURL = "", user: (id: Snowflake?, name: String) = (nil, "")
        var applicationID: Snowflake?
        var guilds: [Snowflake] = []
        var reader = PayloadReader(data, encoding: encoding)
        var object = try reader.beginObject()
        while let key = try reader.nextKey(in: &object) {
            if key == "session_id", try reader.kind == .text {
                sessionID = try reader.readString()
            } else if key == "resume_gateway_url", try reader.kind == .text {
                resumeURL = try reader.readString()
            } else if key == "user" {
                user = try Ready.readUser(&reader)
            } else if key == "application" {
                applicationID = try Ready.readUser(&reader).id
            } else if key == "guilds", try reader.kind == .array {
                var array = try reader.beginArray()
                while try reader.nextElement(in: &array) {
                    if let id = try Ready.readUser(&reader).id { guilds.append(id) }
                }
            } else {
                try reader.skipValue()
            }
        }
        guard !sessionID.isEmpty else { throw .missing(field: "session_id") }
        guard !resumeURL.isEmpty else { throw .missing(field: "resume_gateway_url") }
        guard let userID = user.id else { throw .missing(field: "user.id") }
        self.sessionID = sessionID
        self.resumeURL = resumeURL
        self.userID = userID
        self.userName = user.name
        self.applicationID = applicationID
        self.guilds = guilds
    }

    /// The `id` and `username` of any object; neither of what is none.
    private static func readUser(_ reader: inout PayloadReader) throws(PayloadError) -> (id: Snowflake?, name: String) {
        var id: Snowflake?, name = ""
        guard try reader.kind == .object else {
            try reader.skipValue()
            return (id, name)
        }
        var object = try reader.beginObject()
        while let key = try reader.nextKey(in: &object) {
            if key == "id" {
                id = try reader.readNull() ? nil : reader.readSnowflake()
            } else if key == "username", try reader.kind == .text {
                name = try reader.readString()
            } else {
                try reader.skipValue()
            }
        }
        return (id, name)
    }
}
