import CLuaShims

/// Names one run of a script: a main chunk or a function call in a coroutine of its own.
///
/// A run that ended leaves its slot to the next one under a new generation, so that a late answer finds nothing.
package struct LuaRun: Sendable, Hashable {
    package let slot: UInt32
    package let generation: UInt32

    init(_ id: shim_run_id) {
        slot = id.slot
        generation = id.generation
    }

    var id: shim_run_id { shim_run_id(slot: slot, generation: generation) }
}
