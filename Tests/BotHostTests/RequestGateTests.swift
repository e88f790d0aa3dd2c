import Testing

@testable import BotHost

@Suite("A pack's requests where a limit is shared")
struct RequestGateTests {
    @Test("so many at a time, in order, however they end")
    func order() {
        let gate = RequestGate<Int>(limit: 2)
        var begun: [Int] = []
        for number in 1...5 { gate.enter(number, turnAway: {}) { begun.append(number) } }
        #expect(begun == [1, 2])
        gate.leave()
        #expect(begun == [1, 2, 3])
        gate.leave()
        gate.leave()
        #expect(begun == [1, 2, 3, 4, 5])
        for _ in 1...2 { gate.leave() }
        gate.enter(6, turnAway: {}) { begun.append(6) }
        #expect(begun.last == 6)
    }

    @Test("those that end at once let the next go")
    func atOnce() {
        let gate = RequestGate<Int>(limit: 1)
        var begun: [Int] = []
        gate.enter(0, turnAway: {}) { begun.append(0) }
        for number in 1...100_000 {
            gate.enter(number, turnAway: {}) {
                begun.append(number)
                gate.leave()
            }
        }
        #expect(begun == [0])
        gate.leave()
        #expect(begun == Array(0...100_000))
    }

    @Test("what waits when the pack ends never begins")
    func close() {
        let gate = RequestGate<Int>(limit: 1)
        var begun = 0
        for _ in 1...3 { gate.enter(0, turnAway: {}) { begun += 1 } }
        gate.close()
        gate.leave()
        #expect(begun == 1)
    }

    @Test("one that is withdrawn while it waits is turned away; one that has begun goes on")
    func withdraw() {
        let gate = RequestGate<Int>(limit: 1)
        var begun: [Int] = [], away: [Int] = []
        for number in 1...3 { gate.enter(number, turnAway: { away.append(number) }) { begun.append(number) } }
        for number in 1...2 { gate.withdraw(number) }
        #expect(away == [2])
        gate.leave()
        #expect(begun == [1, 3])
    }
}
