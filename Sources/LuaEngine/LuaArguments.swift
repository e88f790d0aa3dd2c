import CLuaShims

/// Values that a script handed over, read in place: a host function's arguments or a finished run's results.
///
/// Indices count from 1, as in Lua. Reading never converts in place and never runs script code: no metamethod is called.
package struct LuaArguments {
    let state: LuaState
    let thread: OpaquePointer
    package let count: Int

    package func type(_ index: Int) -> LuaType {
        LuaType(rawValue: lua_type(thread, CInt(index))) ?? .none
    }

    /// Whether the value is `nil` or was not given.
    package func isNilOrNone(_ index: Int) -> Bool { lua_type(thread, CInt(index)) <= 0 }

    /// Whether the value is the null value.
    package func isNull(_ index: Int) -> Bool {
        lua_type(thread, CInt(index)) == LUA_TLIGHTUSERDATA && lua_touserdata(thread, CInt(index)) == nil
    }

    /// The bytes of a string, valid during `body`; `nil` when the value is not a string. Numbers are not converted.
    package func withBytes<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R? {
        guard lua_type(thread, CInt(index)) == LUA_TSTRING else { return nil }
        var length = 0
        let bytes = lua_tolstring(thread, CInt(index), &length)
        return body(UnsafeRawBufferPointer(start: bytes, count: length))
    }

    /// A string's text, with invalid UTF-8 replaced by U+FFFD; `nil` when the value is not a string.
    package func string(_ index: Int) -> String? {
        withBytes(index) { String(decoding: $0, as: UTF8.self) }
    }

    /// An integer, or a float with an exact integer value; `nil` for anything else, numeric strings included.
    package func integer(_ index: Int) -> Int64? {
        guard lua_type(thread, CInt(index)) == LUA_TNUMBER else { return nil }
        var isInteger: CInt = 0
        let value = lua_tointegerx(thread, CInt(index), &isInteger)
        return isInteger == 0 ? nil : Int64(value)
    }

    /// A number; `nil` for anything else, numeric strings included.
    package func number(_ index: Int) -> Double? {
        guard lua_type(thread, CInt(index)) == LUA_TNUMBER else { return nil }
        return lua_tonumberx(thread, CInt(index), nil)
    }

    /// `true` or `false`; `nil` when the value is not a boolean.
    package func boolean(_ index: Int) -> Bool? {
        guard lua_type(thread, CInt(index)) == LUA_TBOOLEAN else { return nil }
        return lua_toboolean(thread, CInt(index)) != 0
    }

    /// Whether Lua takes the value for true: all but `nil` and `false`.
    package func isTrue(_ index: Int) -> Bool { lua_toboolean(thread, CInt(index)) != 0 }

    /// The host object of the given kind; `nil` when the value is anything else.
    package func object(_ index: Int, kind: LuaPrototypeID) -> LuaObject? {
        var found: UInt8 = 0
        var identity: UInt64 = 0
        guard shim_object(thread, Int32(index), &found, &identity) != 0, found == kind.rawValue else { return nil }
        return LuaObject(kind: kind, identity: identity)
    }

    /// A reference to the value, of any type; `nil` when the state's memory is used up.
    package func reference(_ index: Int) -> LuaReference? {
        state.reference(thread, Int32(index))
    }

    /// The index under which field `name` of a table can be read, or `nil` when the value is not a table or the field is absent.
    ///
    /// The field's value takes a place of its own after the arguments until the call ends; about 15 fit at a time.
    package func field(_ name: String, of index: Int) -> Int? {
        var name = name
        let at = name.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                shim_field(state.pointer, thread, Int32(index), $0.baseAddress, $0.count)
            }
        }
        return at == 0 ? nil : Int(at)
    }

    /// What to do with functions inside an encoded value.
    package enum Functions: Int32, Sendable { case refused = 0, omitted = 1 }

    /// Hands the value's JSON text to `body`, valid during it.
    ///
    /// A table whose keys are 1…n is an array, an empty one an object unless the host's decoder made it from an array; other keys must be
    /// strings or integers. Nesting is limited to 100, and strings must be UTF-8.
    package func withJSON<R>(
        _ index: Int, functions: Functions = .refused, _ body: (UnsafeRawBufferPointer) -> R
    ) throws(LuaEncodeFailure) -> R {
        var length = 0
        guard let text = shim_encode(state.pointer, thread, Int32(index), functions.rawValue, &length) else {
            throw state.encodeFailure()
        }
        return body(UnsafeRawBufferPointer(start: text, count: length))
    }
}
