package import Discord

/// A set of dispatch events, as bits: asking whether an event is in it costs a shift and a test.
package struct EventSet: Equatable, Sendable {
    private var bits: (low: UInt64, high: UInt64) = (0, 0)
    /// Also the events that `EventName` does not know.
    package var includesUnknown = false

    package init() {}

    package init(_ events: some Sequence<EventName>, includesUnknown: Bool = false) {
        for event in events { insert(event) }
        self.includesUnknown = includesUnknown
    }

    /// Every event, those without a known name included.
    package static let all = EventSet(EventName.allCases, includesUnknown: true)

    @inline(__always)
    package func contains(_ event: EventName) -> Bool {
        let index = UInt64(event.rawValue)
        return (index < 64 ? bits.low >> index : bits.high >> (index & 63)) & 1 != 0
    }

    package mutating func insert(_ event: EventName) {
        let index = UInt64(event.rawValue)
        if index < 64 { bits.low |= 1 << index } else { bits.high |= 1 << (index & 63) }
    }

    package mutating func remove(_ event: EventName) {
        let index = UInt64(event.rawValue)
        if index < 64 { bits.low &= ~(1 << index) } else { bits.high &= ~(1 << (index & 63)) }
    }

    package static func == (one: EventSet, other: EventSet) -> Bool {
        one.bits == other.bits && one.includesUnknown == other.includesUnknown
    }
}
