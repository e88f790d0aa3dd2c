import Discord
import Testing

@Suite("Opcodes and Status Codes › Gateway")
struct GatewayCloseCodeTests {
    @Test("what to do after each close code", arguments: [
        (4000, .resume), (4001, .resume), (4002, .resume), (4003, .identify), (4004, .fatal(.authenticationFailed)), (4005, .identify),
        (4006, .resumeOnce), (4007, .identify), (4008, .resumeAfter(.seconds(60))), (4009, .identify), (4010, .fatal(.invalidShard)),
        (4011, .fatal(.shardingRequired)), (4012, .fatal(.invalidAPIVersion)), (4013, .fatal(.invalidIntents)),
        (4014, .fatal(.disallowedIntents)), (4015, .resumeOnce), (4999, .resumeOnce), (1000, .resumeOnce), (1001, .resumeOnce),
        (1006, .resume), (1011, .resume), (1012, .resume), (1013, .resume), (3000, .resume), (5000, .resume),
    ] as [(UInt16, CloseDisposition)])
    func disposition(code: UInt16, disposition: CloseDisposition) {
        #expect(GatewayCloseCode(rawValue: code).disposition == disposition)
    }

    @Test("every fatal close says the code and the remedy")
    func fatal() {
        for code in 4004...4014 as ClosedRange<UInt16> {
            guard case .fatal(let close) = GatewayCloseCode(rawValue: code).disposition else { continue }
            #expect(close.description.contains("(\(code)): "))
        }
    }

    @Test("what we send to leave ends the session; what we send to come back does not (1000 and 1001 end it)")
    func ours() {
        #expect(GatewayCloseCode.leaving.rawValue == 1000)
        #expect((4000...4999).contains(GatewayCloseCode.resuming.rawValue))
    }

    @Test("codes print with their meaning, unknown ones bare")
    func printing() {
        #expect(GatewayCloseCode.sessionTimedOut.description == "4009 (session timed out)")
        #expect(GatewayCloseCode(rawValue: 4042).description == "4042")
        #expect(GatewayOpcode.hello.description == "10 HELLO")
        #expect(GatewayOpcode(rawValue: 99).description == "99")
    }

    @Test("a client's own faults are told apart from the network's")
    func faults() {
        #expect(GatewayCloseCode.decodeError.isOurFault)
        #expect(!GatewayCloseCode.sessionTimedOut.isOurFault)
    }
}
