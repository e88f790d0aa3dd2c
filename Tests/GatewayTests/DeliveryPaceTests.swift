import Reactor
import Testing

@testable import Gateway

@Suite("The gateway does not run ahead of the handlers")
struct DeliveryPaceTests {
    /// Handlers that take nothing until they are told to.
    private final class Scene {
        let reactor: Reactor
        var waiting = 0
        var isReceiving = true
        var handled: (() -> Void)?
        private(set) var pace: DeliveryPace!

        init(patience: DeliveryPace.Patience = .init(length: .seconds(60))) throws {
            reactor = try Reactor()
            let road = DeliveryPace.Road(
                waitingBytes: { [unowned self] in waiting }, setReceiving: { [unowned self] in isReceiving = $0 },
                onceHandled: { [unowned self] in handled = $0 })
            pace = DeliveryPace(on: reactor, patience: patience)
            pace.road = road
        }

        /// Does one step after another, each so long after the one before.
        func run(_ steps: (pause: Duration, body: () -> Void)...) {
            var due = Duration.zero
            for step in steps {
                due += step.pause
                reactor.schedule(after: due, step.body)
            }
            reactor.schedule(after: due) { [reactor] in reactor.handle.stop() }
            reactor.run()
        }

        func deliver(_ count: Int) {
            waiting += count
            pace.delivered(count)
        }

        func handleAll() {
            waiting = 0
            handled.take()?()
        }
    }

    @Test("the connections are read while the handlers keep up")
    func keepingUp() throws {
        let scene = try Scene()
        for _ in 0..<1000 {
            scene.deliver(10_000)
            scene.waiting = 0
            #expect(scene.isReceiving)
        }
        #expect(scene.handled == nil)
    }

    @Test("they are left unread once a megabyte waits, and read again when the handlers have taken it")
    func holding() throws {
        let scene = try Scene()
        for _ in 0..<2 {
            while scene.isReceiving { scene.deliver(1000) }
            #expect(scene.waiting >= DeliveryPace.highWater)
            #expect(scene.waiting <= DeliveryPace.highWater * 3 / 2 + 1000)
            scene.handleAll()
            #expect(scene.isReceiving)
        }
    }

    @Test("an event that is larger than that is one of many like any other")
    func hugeEvent() throws {
        let scene = try Scene()
        scene.deliver(5 << 20)
        #expect(!scene.isReceiving)
        scene.handleAll()
        #expect(scene.isReceiving)
    }

    @Test("handlers that hang do not stop the gateway: when patience ends it is read on until they have caught up")
    func hanging() throws {
        let scene = try Scene(patience: .init(length: .milliseconds(1)))
        scene.deliver(2 << 20)
        #expect(!scene.isReceiving)
        scene.run((.milliseconds(5), {}))
        #expect(scene.isReceiving)
        scene.deliver(2 << 20)
        #expect(scene.isReceiving)
        scene.handleAll()
        scene.deliver(2 << 20)
        #expect(!scene.isReceiving)
    }

    @Test("handlers that were waited for in vain beside others are not waited for again for a while, though they catch up")
    func rest() throws {
        let scene = try Scene(patience: .init(length: .milliseconds(1), rest: .milliseconds(50)))
        scene.deliver(2 << 20)
        #expect(!scene.isReceiving)
        scene.run((.milliseconds(5), {
            scene.handleAll()
            scene.deliver(2 << 20)
            #expect(scene.isReceiving)
        }), (.milliseconds(60), {
            scene.deliver(2 << 20)
            #expect(!scene.isReceiving)
        }))
    }

    @Test("handlers that are gone are not waited for")
    func end() throws {
        let scene = try Scene()
        scene.deliver(2 << 20)
        #expect(!scene.isReceiving)
        scene.pace.end()
        #expect(scene.isReceiving)
        scene.deliver(2 << 20)
        #expect(scene.isReceiving)
    }
}
