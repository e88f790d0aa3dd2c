/// Whether an idle moment left garbage that is worth another step.
package enum LuaIdleWork: Sendable, Equatable {
    /// Nothing is worth doing until scripts have run again.
    case done
    /// A collection has begun and goes on with the next step.
    case unfinished
}
