/// Carries a value of one reactor's thread through code that must be `Sendable`, back to that thread.
///
/// Off the loop it can be copied and dropped, not opened. Dropping the last copy off the loop releases the value there, so
/// wrap objects that are also held on the loop, or whose end does not touch the loop.
// Safe to send: `value` traps on every other thread, so the content is only ever reached from the loop's.
package struct LoopBound<Value>: @unchecked Sendable {
    private let content: Value
    private let handle: ReactorHandle

    package init(_ value: Value, on reactor: Reactor) {
        reactor.assertCurrent()
        content = value
        handle = reactor.handle
    }

    /// The value. Traps when called off the reactor's thread.
    package var value: Value {
        precondition(handle.isCurrent, "a loop-bound value was opened off its reactor's thread")
        return content
    }
}
