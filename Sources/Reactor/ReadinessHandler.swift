/// Hears of the readiness of a descriptor that it registered with a `Reactor`.
package protocol ReadinessHandler: AnyObject {
    /// Called on the reactor's thread, at most once a turn for a registration.
    ///
    /// Readiness is level-triggered: what is left undone is reported again in the next turn, so a handler does one bounded
    /// piece of work and returns. It may unregister itself or any other registration.
    func ready(_ readiness: Readiness)
}
