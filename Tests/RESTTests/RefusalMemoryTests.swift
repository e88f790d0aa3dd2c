import Discord
import Testing

@testable import REST

@Suite("Refusals that are not asked for again") struct RefusalMemoryTests {
    private let start = ContinuousClock.now
    private let send = RESTRequest(.post, Route("/channels/{channel.id}/messages", "1"))
    private let denied = RESTError(.answered, "Missing Permissions", status: 403, code: .missingPermissions)

    @Test("the third 403 in a row for one call is repeated for a minute")
    func thrice() {
        var memory = RefusalMemory()
        for count in 0..<3 {
            #expect(memory.recall(send, at: start) == nil, "after \(count)")
            memory.record(denied, of: send, at: start)
        }
        let error = memory.recall(send, at: start + .seconds(59))
        #expect(error?.code == .missingPermissions)
        #expect(error?.status == 403)
        #expect(error?.retryAfter == .seconds(1))
        #expect(memory.recall(send, at: start + .seconds(60)) == nil)
        #expect(memory.recall(RESTRequest(.post, Route("/channels/{channel.id}/messages", "2")), at: start) == nil)
        #expect(memory.recall(RESTRequest(.get, send.route), at: start) == nil)
    }

    @Test("a success in between forgets, and so does a minute")
    func forgets() {
        var memory = RefusalMemory()
        for _ in 0..<2 { memory.record(denied, of: send, at: start) }
        memory.record(nil, of: send, at: start)
        for _ in 0..<2 { memory.record(denied, of: send, at: start) }
        memory.record(denied, of: send, at: start + .seconds(60))
        #expect(memory.recall(send, at: start + .seconds(60)) == nil)
    }

    @Test("other errors are asked for again", arguments: [400, 404, 429, 500])
    func others(status: Int) {
        var memory = RefusalMemory()
        for _ in 0..<5 { memory.record(RESTError(.answered, "", status: status), of: send, at: start) }
        #expect(memory.recall(send, at: start) == nil)
    }

    @Test("a webhook that is gone is never called again, whatever the endpoint")
    func webhook() {
        var memory = RefusalMemory()
        let execute = RESTRequest(.post, Route("/webhooks/{webhook.id}/{webhook.token}", "3", "t"))
        memory.record(RESTError(.answered, "Unknown Webhook", status: 404, code: .unknownWebhook), of: execute, at: start)
        let edit = RESTRequest(.patch, Route("/webhooks/{webhook.id}/{webhook.token}/messages/{message.id}", "3", "t", "9"))
        #expect(memory.recall(edit, at: start + .seconds(86_400))?.code == .unknownWebhook)
        #expect(memory.recall(RESTRequest(.post, Route("/webhooks/{webhook.id}/{webhook.token}", "4", "t")), at: start) == nil)
        // An unknown message of a webhook that lives is no such thing.
        var other = RefusalMemory()
        other.record(RESTError(.answered, "Unknown Message", status: 404, code: .unknownMessage), of: edit, at: start)
        #expect(other.recall(edit, at: start) == nil)
    }

    @Test("memory is bounded")
    func bounded() {
        var memory = RefusalMemory()
        for number in 0..<5000 {
            let request = RESTRequest(.post, Route("/channels/{channel.id}/messages", "\(number)"))
            for _ in 0..<3 { memory.record(denied, of: request, at: start) }
        }
        #expect(memory.count <= 1024)
    }
}
