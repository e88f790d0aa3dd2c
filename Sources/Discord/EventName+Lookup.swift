extension EventName {
    /// The event with this name in Discord's spelling; `nil` for an unknown one. Makes no `String`, allocates nothing.
    package init?(_ name: UnsafeRawBufferPointer) {
        guard name.count >= 4 else { return nil }
        let candidate = EventName.slots[EventName.slot(of: name)]
        guard candidate != EventName.vacant, let event = EventName(rawValue: candidate) else { return nil }
        let expected = event.name
        guard expected.utf8CodeUnitCount == name.count else { return nil }
        guard EventName.equal(name, UnsafeRawBufferPointer(start: expected.utf8Start, count: name.count)) else { return nil }
        self = event
    }

    /// The event with this name in Discord's spelling or its lower case.
    package init?(_ name: some StringProtocol) {
        var name = name.uppercased()
        guard let event = name.withUTF8({ EventName(UnsafeRawBufferPointer($0)) }) else { return nil }
        self = event
    }

    /// Whether two texts of one length, at least four bytes, are the same: a word at a time, the last one overlapping.
    @inline(__always)
    private static func equal(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
        guard one.count >= 8 else {
            let last = one.count - 4
            return one.loadUnaligned(as: UInt32.self) == other.loadUnaligned(as: UInt32.self)
                && one.loadUnaligned(fromByteOffset: last, as: UInt32.self) == other.loadUnaligned(fromByteOffset: last, as: UInt32.self)
        }
        var offset = 0
        while offset < one.count {
            let place = min(offset, one.count - 8)
            guard one.loadUnaligned(fromByteOffset: place, as: UInt64.self) == other.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            else { return false }
            offset += 8
        }
        return true
    }

    private static let vacant = UInt8.max

    /// The events by the hash of their names. The multiplier was searched for: no two known names share a slot.
    private static let slots: [UInt8] = {
        var slots = [UInt8](repeating: vacant, count: 512)
        for event in allCases {
            let name = UnsafeRawBufferPointer(start: event.name.utf8Start, count: event.name.utf8CodeUnitCount)
            let slot = slot(of: name)
            precondition(slots[slot] == vacant, "\(event.name) shares its slot: search a new multiplier")
            slots[slot] = event.rawValue
        }
        return slots
    }()

    /// A number below 512 from the first and the last word of a name of at least four bytes.
    @inline(__always)
    private static func slot(of name: UnsafeRawBufferPointer) -> Int {
        let first: UInt64, last: UInt64
        if name.count >= 8 {
            first = name.loadUnaligned(as: UInt64.self)
            last = name.loadUnaligned(fromByteOffset: name.count - 8, as: UInt64.self)
        } else {
            first = UInt64(name.loadUnaligned(as: UInt32.self))
            last = UInt64(name.loadUnaligned(fromByteOffset: name.count - 4, as: UInt32.self))
        }
        let mixed = (first.littleEndian &* 3) ^ last.littleEndian
        return Int((mixed &* 0x9C2A_3BF1_EDE6_6C2D) >> 55)
    }
}
