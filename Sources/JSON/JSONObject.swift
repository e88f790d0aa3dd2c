/// The members of a JSON object in the order they were written.
///
/// Two objects are equal when the same names have equal values, in any order (RFC 8259 §4). Of members with one name the last
/// one counts, and parsing keeps only that one's value.
package struct JSONObject: Sendable {
    package private(set) var members: [(key: String, value: JSONValue)]

    package init(_ members: [(key: String, value: JSONValue)] = []) { self.members = members }

    /// The member called `key`. Setting `nil` removes it; setting a new one appends it.
    package subscript(key: String) -> JSONValue? {
        get { members.last { $0.key == key }?.value }
        set {
            guard let newValue else { return members.removeAll { $0.key == key } }
            if let index = members.lastIndex(where: { $0.key == key }) {
                members[index].value = newValue
            } else {
                members.append((key, newValue))
            }
        }
    }

    /// The last value of each name.
    package var dictionary: [String: JSONValue] { Dictionary(members.map { ($0.key, $0.value) }) { _, last in last } }
}

extension JSONObject: Equatable {
    package static func == (one: JSONObject, other: JSONObject) -> Bool { one.dictionary == other.dictionary }
}
