/// Standing deviations of the gateway from its normal conduct; each takes effect at once.
package struct Behaviour: Sendable, Equatable {
    /// Heartbeats are answered.
    package var acknowledgesHeartbeats = true
    /// HELLO is sent.
    package var saysHello = true
    /// HELLO comes this long after the upgrade.
    package var helloDelay: Duration = .zero
    /// RECONNECT is sent in place of HELLO.
    package var reconnectsBeforeHello = false
    /// IDENTIFY is answered with READY.
    package var answersIdentify = true
    /// Messages to the client are split into WebSocket fragments of this many bytes; 0 leaves them whole.
    package var fragmentSize = 0

    package init() {}
}
