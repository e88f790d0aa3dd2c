import Testing
@testable import Reactor

@Suite("Byte queue") struct ByteQueueTests {
    private func contents(_ queue: ByteQueue) -> [UInt8] {
        queue.withBytes { Array($0) }
    }

    private func append(_ bytes: some Sequence<UInt8>, to queue: inout ByteQueue) {
        Array(bytes).withUnsafeBytes { queue.append($0) }
    }

    @Test("bytes come out as they went in, whatever the sizes", arguments: [1, 2, 3, 7, 1000])
    func order(step: Int) {
        var queue = ByteQueue()
        var expected: [UInt8] = []
        var next = 0
        for round in 0..<500 {
            let added = (0..<(round % 13)).map { UInt8(truncatingIfNeeded: next + $0) }
            next += added.count
            append(added, to: &queue)
            expected += added
            let taken = min(step, expected.count)
            queue.consume(taken)
            expected.removeFirst(taken)
            #expect(queue.count == expected.count)
            #expect(queue.isEmpty == expected.isEmpty)
        }
        #expect(contents(queue) == expected)
    }

    @Test("once warm, a queue that is filled and emptied keeps its storage") func warm() {
        var queue = ByteQueue()
        append(repeatElement(1, count: 4000), to: &queue)
        let address = queue.withBytes { $0.baseAddress }
        for _ in 0..<100 {
            queue.consume(3000)
            append(repeatElement(2, count: 2500), to: &queue)
            queue.consume(queue.count)
            append(repeatElement(3, count: 4000), to: &queue)
            #expect(queue.withBytes { $0.baseAddress } == address)
        }
    }

    @Test("removing everything leaves an empty queue that works on") func removeAll() {
        var queue = ByteQueue()
        append(repeatElement(1, count: 100_000), to: &queue)
        queue.consume(1)
        queue.removeAll()
        #expect(queue.isEmpty)
        append([9], to: &queue)
        #expect(contents(queue) == [9])
    }
}
