/// Waits for the readiness of descriptors. One type per kernel interface; the reactor does the rest.
///
/// Level-triggered. The registration given with a descriptor comes back with each of its events, so that the reactor can
/// recognise an event that was queued for an earlier owner of the number.
protocol Poller: AnyObject {
    /// Begins to watch `registration.descriptor`. A watch that is still known for that number, because its owner closed the
    /// descriptor without ending it, is replaced.
    func add(_ registration: Registration, for interest: Readiness) throws(IOFailure)

    /// Changes what is watched for, from `old` to `interest`, which differ.
    func update(_ registration: Registration, from old: Readiness, to interest: Readiness) throws(IOFailure)

    /// Ends the watch. The descriptor may have been closed already.
    func remove(_ registration: Registration, watching interest: Readiness)

    /// Waits for at most `milliseconds`, or without end when it is negative, and replaces `events` by what is ready.
    ///
    /// An interruption by a signal ends the wait with no event.
    func wait(milliseconds: CInt, into events: inout [PollEvent]) throws(IOFailure)
}
