/// The members of a JSON object in the order they were written.
///
/// Two objects are equal when they hold equal members in any order (RFC 8259 §4). Of members with one name the last counts.
package struct JSONObject: Sendable {
    package private(set) var members: [(key: String, value: JSONValue)]

    package init(_ members: [(key: String, value: JSONValue)] = []) { self.members = members }

    package subscript(key: String) -> JSONValue? {
        get { nil }
        set {}
    }
}
extension JSONObject: Equatable {
    package static func == (one: JSONObject, other: JSONObject) -> Bool { false }
}
