/// Names a scheduled timer. A token of a timer that has fired or was cancelled names nothing any more, and stays that way.
package struct TimerToken: Hashable, Sendable {
    let slot: UInt32
    let generation: UInt32
}
