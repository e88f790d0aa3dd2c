package import Discord

extension RESTRequest {
    /// Get Gateway Bot: the WebSocket URL, the recommended shard count and the identify budget.
    package static func gatewayBot() -> RESTRequest { RESTRequest(.get, Route("/gateway/bot")) }

    /// Get Current Application: id, flags (which privileged intents are granted), owner.
    package static func currentApplication() -> RESTRequest { RESTRequest(.get, Route("/applications/@me")) }

    /// Get Current User, or Get User.
    package static func currentUser() -> RESTRequest { RESTRequest(.get, Route("/users/@me")) }
    package static func user(_ user: Snowflake) -> RESTRequest { RESTRequest(.get, Route("/users/{user.id}", user.description)) }

    /// A path that a script names, for endpoints without a builder here: query and body are the script's.
    package static func raw(
        _ method: HTTPMethod, path: String, query: [(name: String, value: String)] = [], body: RESTBody = .none, reason: String? = nil
    ) -> RESTRequest {
        var request = RESTRequest(method, Route(path: path), body: body, reason: reason)
        request.query = query
        return request
    }
}
