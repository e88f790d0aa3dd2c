package import Discord

/// Interaction endpoints carry the interaction's token, need no bot token and are outside the global limit
/// (Discord, "Receiving and Responding").
extension RESTRequest {
    /// Create Interaction Response: must arrive within three seconds of the interaction. `response` is `{type, data?}`.
    package static func interactionCallback(_ interaction: Snowflake, token: String, _ response: [UInt8], files: [UploadFile] = [], withResponse: Bool = false) -> RESTRequest {
        var request = RESTRequest(
            .post, Route("/interactions/{interaction.id}/{interaction.token}/callback", interaction.description, token), body: .message(response, files))
        if withResponse { request.query = [("with_response", "true")] }
        request.deadline = Limits.interactionResponse
        return request.asInteraction()
    }

    /// Get, Edit and Delete Original Interaction Response.
    package static func originalResponse(application: Snowflake, token: String) -> RESTRequest {
        RESTRequest(.get, .original(application, token)).asInteraction()
    }
    package static func editOriginalResponse(application: Snowflake, token: String, _ changes: [UInt8], files: [UploadFile] = []) -> RESTRequest {
        RESTRequest(.patch, .original(application, token), body: .message(changes, files)).asInteraction()
    }
    package static func deleteOriginalResponse(application: Snowflake, token: String) -> RESTRequest {
        RESTRequest(.delete, .original(application, token)).asInteraction()
    }

    /// Create, Edit and Delete Followup Message.
    package static func createFollowup(application: Snowflake, token: String, _ message: [UInt8], files: [UploadFile] = []) -> RESTRequest {
        RESTRequest(.post, Route("/webhooks/{application.id}/{interaction.token}", application.description, token), body: .message(message, files)).asInteraction()
    }
    package static func editFollowup(_ message: Snowflake, application: Snowflake, token: String, _ changes: [UInt8], files: [UploadFile] = []) -> RESTRequest {
        RESTRequest(.patch, .followup(message, application, token), body: .message(changes, files)).asInteraction()
    }
    package static func deleteFollowup(_ message: Snowflake, application: Snowflake, token: String) -> RESTRequest {
        RESTRequest(.delete, .followup(message, application, token)).asInteraction()
    }

    private func asInteraction() -> RESTRequest {
        var request = self
        request.authorized = false
        request.lane = .interaction
        return request
    }
}

extension RESTRequest {
    /// Get Global Application Commands, or those of a guild.
    package static func commands(of application: Snowflake, guild: Snowflake? = nil) -> RESTRequest {
        RESTRequest(.get, .commands(application, guild))
    }

    /// Bulk Overwrite Global Application Commands, or those of a guild: `commands` is a JSON array of all that shall exist.
    package static func overwriteCommands(of application: Snowflake, guild: Snowflake? = nil, _ commands: [UInt8]) -> RESTRequest {
        RESTRequest(.put, .commands(application, guild), body: .json(commands))
    }
}

extension Route {
    fileprivate static func original(_ application: Snowflake, _ token: String) -> Route {
        Route("/webhooks/{application.id}/{interaction.token}/messages/@original", application.description, token)
    }

    fileprivate static func followup(_ message: Snowflake, _ application: Snowflake, _ token: String) -> Route {
        Route("/webhooks/{application.id}/{interaction.token}/messages/{message.id}", application.description, token, message.description)
    }

    fileprivate static func commands(_ application: Snowflake, _ guild: Snowflake?) -> Route {
        if let guild {
            return Route("/applications/{application.id}/guilds/{guild.id}/commands", application.description, guild.description)
        }
        return Route("/applications/{application.id}/commands", application.description)
    }
}
