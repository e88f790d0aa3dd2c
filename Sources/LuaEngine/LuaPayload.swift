/// A document to be decoded into Lua tables.
package struct LuaPayload {
    package enum Encoding: UInt8, Sendable {
        case json = 0
        /// Erlang's external term format, with or without the version byte 131.
        case etf = 1
    }

    /// What a null becomes as a field of an object. In an array it is always the null value.
    package enum Nulls: UInt8, Sendable {
        case absent = 0
        /// The null value, `LuaValues.appendNull()`, which scripts know under the name the host defines.
        case kept = 1
    }

    /// When objects are decoded. Scripts cannot tell the forms apart.
    package enum Form: UInt8, Sendable {
        /// Large documents as they are read, together with what handlers have usually been reading of their profile; all of it when they
        /// mostly read all.
        case automatic = 0
        /// At once.
        case eager = 1
        /// Field by field, when it is first read.
        case lazy = 2
    }

    /// Read during the call that is handed the payload; nothing refers to it afterwards.
    package var bytes: UnsafeRawBufferPointer
    package var encoding: Encoding
    package var nulls: Nulls
    /// The prototype of the outermost object; `.none` makes plain tables.
    package var prototype: LuaPrototypeID
    /// Documents with the same number are expected to be read alike: the host's number for a type of event. Default: one for each prototype,
    /// from 255 downwards.
    package var profile: UInt8
    package var form: Form

    package init(
        _ bytes: UnsafeRawBufferPointer, encoding: Encoding = .json, prototype: LuaPrototypeID = .none, nulls: Nulls = .absent,
        profile: UInt8? = nil, form: Form = .automatic
    ) {
        self.bytes = bytes
        self.encoding = encoding
        self.prototype = prototype
        self.profile = profile ?? 255 - prototype.rawValue
        self.form = form
        self.nulls = nulls
    }
}
