/// Names one registration of a descriptor with a `Reactor`.
///
/// The generation tells this registration from later ones of the same descriptor number: the kernel hands numbers out again
/// at once, and an event meant for the old owner must not reach the new one.
package struct Registration: Hashable, Sendable {
    let descriptor: CInt
    let generation: UInt32
}
