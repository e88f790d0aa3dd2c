/// A value the host gives a name in a state.
package enum LuaDefinition {
    case function(LuaFunctionID)
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    /// The null value.
    case null
    case value(LuaReference)
    /// A table or other value written as a document.
    case document(LuaPayload)

    func append(to values: inout LuaValues) {
        switch self {
        case .function(let id): values.append(function: id)
        case .boolean(let value): values.append(value)
        case .integer(let value): values.append(value)
        case .number(let value): values.append(value)
        case .string(let value): values.append(value)
        case .null: values.appendNull()
        case .value(let reference): values.append(reference)
        case .document(let payload): values.append(payload)
        }
    }
}
