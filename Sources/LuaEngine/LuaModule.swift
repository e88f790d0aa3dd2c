/// The answer to `require`.
package enum LuaModule {
    /// Source text, compiled and run with the module's name as its argument; `chunk` is what error messages show.
    case source([UInt8], chunk: String)
    /// The module's value as it is.
    case value(LuaReference)
    /// There is no such module; `searched` says where it was looked for and goes into the error message, one line each.
    case missing(searched: [String])
    /// The module exists but cannot be had (unreadable, not permitted); the text becomes the error message.
    case refused(String)
}
