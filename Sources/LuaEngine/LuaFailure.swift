/// Why a run did not finish.
package struct LuaFailure: Error, Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// The source text does not compile.
        case syntax
        /// A Lua error that nothing caught.
        case error
        /// More CPU time than `LuaLimits.cpuStop`.
        case cpu
        /// More memory than `LuaLimits.memory`.
        case memory
        /// More coroutines than `LuaLimits.coroutines`.
        case coroutines
        /// More of something than the host allows: `LuaCall.stop`.
        case limit
        /// The host cancelled the run.
        case cancelled
        /// The host asked for something the state cannot do now: it is closed, or holds too many runs.
        case unavailable
    }

    package var kind: Kind
    /// The error as one text: Lua's message, or what `__tostring` of the error value gives.
    package var message: String
    /// Where the innermost Lua function stood, when there was one.
    package var position: LuaPosition?
    /// Where another run spawned this one (`LuaCall.spawn`).
    package var spawnedAt: LuaPosition?
    /// Traceback of the coroutine that failed, made by the host before the stack was unwound; empty when nothing had run.
    package var traceback: String
    /// The error value's fields when a host function raised it (`LuaCall.raise(_: LuaErrorValue)`).
    package var value: LuaErrorValue?

    package init(
        kind: Kind, message: String, position: LuaPosition? = nil, spawnedAt: LuaPosition? = nil, traceback: String = "",
        value: LuaErrorValue? = nil
    ) {
        self.kind = kind
        self.message = message
        self.position = position
        self.spawnedAt = spawnedAt
        self.traceback = traceback
        self.value = value
    }
}
