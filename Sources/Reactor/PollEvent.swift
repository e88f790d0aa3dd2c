/// One descriptor that a poller found ready.
struct PollEvent {
    let registration: Registration
    let readiness: Readiness
}
