internal import JSON

/// A JSON value of Discord's: what an event or an answer carries, and what a request is built from.
///
/// Reading never fails: a member that is missing, or that something else holds, is `null` all the way down, so that
/// `payload["member"]["nick"].string` is `nil` when there is no member. Ids are strings in JSON; `snowflake` reads them.
public struct Payload: Equatable, Sendable {
    let value: JSONValue

    init(_ value: JSONValue) { self.value = value }

    /// The value `null`.
    public static let null = Payload(JSONValue.null)

    /// Reads JSON text; `nil` when it is none (RFC 8259).
    public init?(json text: String) {
        do throws(JSONError) { value = try JSONValue(parsing: text) } catch { return nil }
    }

    // MARK: Reading

    /// The member called `key`; `null` when there is none.
    public subscript(key: String) -> Payload { Payload(value[key] ?? .null) }

    /// The element at `index`, counted from 0; `null` when there is none.
    public subscript(index: Int) -> Payload { Payload(value[index] ?? .null) }

    /// Whether the value is `null` or missing.
    public var isNull: Bool { value.isNull }

    /// The text, if the value is a string.
    public var string: String? { value.stringValue }

    /// The number, if the value is one without fraction that 64 bits hold.
    public var integer: Int64? { value.integerValue }

    /// The number, if the value is one.
    public var double: Double? { value.doubleValue }

    /// The truth value, if the value is one.
    public var bool: Bool? { value.boolValue }

    /// The id, if the value is a string of digits.
    public var snowflake: Snowflake? { value.stringValue.flatMap { Snowflake($0) } }

    /// The elements; empty if the value is no array.
    public var array: [Payload] { value.arrayValue?.map { Payload($0) } ?? [] }

    /// The names of the members in the order in which they were written; empty if the value is no object.
    public var keys: [String] { value.objectValue?.members.map(\.key) ?? [] }
}

extension Payload: CustomStringConvertible {
    /// The value as compact JSON text.
    public var description: String { value.description }
}

extension Payload: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringInterpolation, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// `null`.
    public init(nilLiteral: ()) { self = .null }
    /// A truth value.
    public init(booleanLiteral value: Bool) { self.init(JSONValue.bool(value)) }
    /// A whole number.
    public init(integerLiteral value: Int64) { self.init(JSONValue.integer(value)) }
    /// A number.
    public init(floatLiteral value: Double) { self.init(JSONValue.double(value)) }
    /// A string.
    public init(stringLiteral value: String) { self.init(JSONValue.string(value)) }
    /// An array.
    public init(arrayLiteral elements: Payload...) { self.init(JSONValue.array(elements.map(\.value))) }
    /// An object with its members in this order.
    public init(dictionaryLiteral elements: (String, Payload)...) {
        self.init(JSONValue.object(JSONObject(elements.map { (key: $0.0, value: $0.1.value) })))
    }
}
