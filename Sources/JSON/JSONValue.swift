/// A JSON value as a tree, for small documents: request bodies, replies, tests. Events never pass through it.
package indirect enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    /// A number without fraction and exponent that 64 bits hold.
    case integer(Int64)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// Parses a whole text, strictly.
    package init(parsing bytes: UnsafeRawBufferPointer, maximumDepth: Int = JSONReader.defaultMaximumDepth) throws(JSONError) { self = .null }
    package init(parsing bytes: [UInt8]) throws(JSONError) { self = .null }
    package init(parsing text: String) throws(JSONError) { self = .null }

    /// The compact text, members in the order they have.
    package var serialized: [UInt8] { [] }

    /// The member called `key`; `nil` when there is none or this is no object.
    package subscript(key: String) -> JSONValue? {
        get { nil }
        set {}
    }
    /// The element at `index`; `nil` when there is none or this is no array.
    package subscript(index: Int) -> JSONValue? { nil }

    package var stringValue: String? { nil }
    package var integerValue: Int64? { nil }
    /// The number, whichever of the two it is.
    package var doubleValue: Double? { nil }
    package var boolValue: Bool? { nil }
    package var arrayValue: [JSONValue]? { nil }
    package var objectValue: JSONObject? { nil }
    package var isNull: Bool { false }
}
