/// A JSON value as a tree, for small documents: request bodies, replies, tests. Events never pass through it.
package enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    /// A number without fraction and exponent that 64 bits hold.
    case integer(Int64)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// The member called `key`; `nil` when there is none or this is no object. Setting one makes an object of anything else.
    package subscript(key: String) -> JSONValue? {
        get { objectValue?[key] }
        set {
            var object = objectValue ?? JSONObject()
            object[key] = newValue
            self = .object(object)
        }
    }

    /// The element at `index`; `nil` when there is none or this is no array.
    package subscript(index: Int) -> JSONValue? {
        guard let elements = arrayValue, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    package var stringValue: String? { if case .string(let text) = self { text } else { nil } }
    package var integerValue: Int64? { if case .integer(let number) = self { number } else { nil } }
    package var boolValue: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    package var arrayValue: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
    package var objectValue: JSONObject? { if case .object(let object) = self { object } else { nil } }
    package var isNull: Bool { self == .null }

    /// The number, whichever of the two it is.
    package var doubleValue: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    /// The compact text, members in the order they have.
    package var serialized: [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }
}

extension JSONValue: CustomStringConvertible {
    /// The compact text.
    package var description: String { String(decoding: serialized, as: UTF8.self) }
}
