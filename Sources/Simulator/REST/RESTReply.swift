import JSON

/// An answer of the simulated API.
struct RESTReply {
    let status: Int
    /// `nil` for 204.
    var body: JSONValue?

    static let noContent = RESTReply(status: 204, body: nil)

    static func ok(_ body: JSONValue) -> RESTReply { RESTReply(status: 200, body: body) }
    static func created(_ body: JSONValue) -> RESTReply { RESTReply(status: 201, body: body) }
}
