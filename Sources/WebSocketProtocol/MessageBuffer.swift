/// Bytes of a message under assembly. Unlike an array it hands out a pointer that stays valid until the next mutation, which is what
/// lets an event refer to it.
package struct MessageBuffer: ~Copyable {
    private var storage = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    package private(set) var count = 0

    package init() {}

    deinit {
        storage.deallocate()
    }

    package var capacity: Int { storage.count }

    /// Valid until the next mutating call.
    package var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: storage[..<count])
    }

    /// The free space after `bytes`, at least `minimum` bytes long. Write there, then `commit`.
    package mutating func writable(_ minimum: Int) -> UnsafeMutableRawBufferPointer {
        if storage.count - count < minimum { grow(to: max(count + minimum, 2 * storage.count, 256)) }
        return UnsafeMutableRawBufferPointer(rebasing: storage[count...])
    }

    /// Makes the first `length` bytes of the free space part of the message.
    package mutating func commit(_ length: Int) {
        precondition(length >= 0 && length <= storage.count - count)
        count += length
    }

    package mutating func append(_ source: UnsafeRawBufferPointer) {
        guard !source.isEmpty else { return }
        writable(source.count).copyMemory(from: source)
        count += source.count
    }

    /// Appends `source`, unmasked if there is a key, and returns what was appended: valid until the next mutating call.
    /// - Parameter phase: where in the frame's payload `source` begins.
    mutating func append(_ source: UnsafeRawBufferPointer, unmasking key: MaskingKey?, phase: Int) -> UnsafeRawBufferPointer {
        let target = UnsafeMutableRawBufferPointer(rebasing: writable(source.count)[..<source.count])
        if let key {
            key.apply(from: source, to: target, phase: phase)
        } else {
            target.copyMemory(from: source)
        }
        count += source.count
        return UnsafeRawBufferPointer(target)
    }

    mutating func append(byte: UInt8) {
        writable(1)[0] = byte
        count += 1
    }

    /// Shortens the message by its last `length` bytes.
    package mutating func removeLast(_ length: Int) {
        precondition(length >= 0 && length <= count)
        count -= length
    }

    /// Makes room for `length` bytes in all, without doubling, when that much is sure to come.
    mutating func reserve(_ length: Int) {
        if storage.count < length { grow(to: length) }
    }

    /// Empties the buffer and gives its memory back if it is larger than `retained` bytes.
    package mutating func reset(retaining retained: Int) {
        count = 0
        guard storage.count > retained else { return }
        storage.deallocate()
        storage = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }

    private mutating func grow(to capacity: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
        larger.copyMemory(from: bytes)
        storage.deallocate()
        storage = larger
    }
}
