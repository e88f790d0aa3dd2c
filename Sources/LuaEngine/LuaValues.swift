import CLuaShims

/// Values on their way into Lua: the arguments of a run or the results of a host function, in order.
///
/// They are kept outside the Lua state until the host's frame is gone, so appending never fails and copies what it is given.
package struct LuaValues {
    let state: OpaquePointer

    package mutating func appendNil() { shim_put_nil(state) }
    /// The null value: what a JSON null becomes where presence matters, and what is encoded as null.
    package mutating func appendNull() { shim_put_null(state) }
    package mutating func append(_ value: Bool) { shim_put_boolean(state, value ? 1 : 0) }
    package mutating func append(_ value: Int64) { shim_put_integer(state, value) }
    package mutating func append(_ value: Int) { shim_put_integer(state, Int64(value)) }
    package mutating func append(_ value: Double) { shim_put_number(state, value) }
    package mutating func append(_ value: UnsafeRawBufferPointer) { shim_put_string(state, value.baseAddress, value.count) }
    package mutating func append(_ value: LuaReference) { shim_put_reference(state, value.slot) }
    package mutating func append(_ event: LuaEvent) { shim_put_event(state, event.depth) }
    /// A host function as a Lua function value.
    package mutating func append(function: LuaFunctionID) { shim_put_function(state, function) }
    /// A host object: a value that scripts can hold and call methods of, but not forge or look into.
    package mutating func append(_ object: LuaObject) { shim_put_object(state, object.kind.rawValue, object.identity) }
    /// A document, decoded when it reaches the script. One that does not parse raises there.
    package mutating func append(_ payload: LuaPayload) {
        var payload = shim_payload(payload)
        shim_put_payload(state, &payload)
    }

    package mutating func append(_ value: String) {
        var value = value
        value.withUTF8 { shim_put_string(state, $0.baseAddress, $0.count) }
    }

    /// An error table, as a value: for functions that answer `nil, error`.
    package mutating func append(_ error: LuaErrorValue) { error.put(in: state) }
}
