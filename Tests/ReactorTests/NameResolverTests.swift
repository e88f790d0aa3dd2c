import Testing
@testable import Reactor

@Suite("Name resolver", .timeLimit(.minutes(2))) struct NameResolverTests {
    @Test("localhost has loopback addresses, each once and with the port", arguments: PollerKind.allCases)
    func localhost(_ kind: PollerKind) throws {
        try runReactor(kind) { reactor in
            let returned = Box(false)
            _ = reactor.resolver.resolve("localhost", port: 8443) { result in
                #expect(returned.value)
                do throws(LookupFailure) {
                    let addresses = try result.get()
                    #expect(!addresses.isEmpty)
                    #expect(Set(addresses).count == addresses.count)
                    #expect(Set(addresses).isSubset(of: [.loopback(.ipv4, port: 8443), .loopback(.ipv6, port: 8443)]))
                } catch {
                    Issue.record(error)
                }
                reactor.handle.stop()
            }
            returned.value = true
        }
    }

    @Test("many lookups at once all have their answer") func many() throws {
        let answers = Box(0)
        try runReactor { reactor in
            for _ in 0..<100 {
                _ = reactor.resolver.resolve("localhost", port: 1) { result in
                    #expect((try? result.get()) != nil)
                    answers.value += 1
                    if answers.value == 100 { reactor.handle.stop() }
                }
            }
        }
        #expect(answers.value == 100)
    }

    @Test("a cancelled lookup has no answer, and lets go of its completion at once") func cancel() throws {
        try runReactor { reactor in
            weak var held: Box<Int>?
            do {
                let box = Box(0)
                held = box
                let tokens = (0..<10).map { _ in
                    reactor.resolver.resolve("localhost", port: 1) { _ in
                        box.value += 1
                        Issue.record("a cancelled lookup was answered")
                    }
                }
                for token in tokens + tokens { reactor.resolver.cancel(token) }
            }
            #expect(held == nil)
            _ = reactor.resolver.resolve("localhost", port: 1) { _ in
                reactor.schedule(after: .milliseconds(5)) { reactor.handle.stop() }
            }
        }
    }

    @Test("an empty name and one with a zero byte in it are failures, not crashes", arguments: ["", "a\0b", "no such host"])
    func oddNames(_ name: String) throws {
        try runReactor { reactor in
            _ = reactor.resolver.resolve(name, port: 1) { result in
                #expect(throws: LookupFailure.self) { try result.get() }
                reactor.handle.stop()
            }
        }
    }
}
