import CLuaShims

extension shim_payload {
    init(_ payload: LuaPayload) {
        self.init(
            bytes: payload.bytes.baseAddress, length: payload.bytes.count, encoding: payload.encoding.rawValue, nulls: payload.nulls.rawValue,
            form: payload.form.rawValue, prototype: payload.prototype.rawValue, profile: payload.profile)
    }
}
