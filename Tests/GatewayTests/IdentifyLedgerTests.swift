import Gateway
import JSON
import Reactor
import Testing

@Suite("Identify ledger (digest 1.1, 13.1: an identify loop costs the token)") struct IdentifyLedgerTests {
    private func info(total: Int = 100, remaining: Int? = nil, resetAfter: Duration = .seconds(3600)) -> GatewayBotInfo {
        GatewayBotInfo(url: "", shards: 1, total: total, remaining: remaining ?? total, resetAfter: resetAfter, maxConcurrency: 1)
    }

    @Test("a thousand crash-restarts do not identify more often than allowed, even if Discord's own count lags behind")
    func crashLoop() throws {
        let directory = try TemporaryFile()
        let file = StateFile(path: directory.directory + "/identifies.json")
        var identifies = 0
        for restart in 0..<1000 {
            var ledger = try IdentifyLedger(file: file, bot: "bot")
            let now = 1_000_000 + Int64(restart) * 100
            ledger.update(info(), at: now)
            if ledger.remaining(at: now) > 0 {
                try ledger.record(at: now)
                identifies += 1
            }
        }
        #expect(identifies == 100)
    }

    @Test("the smaller of both counts is believed") func smaller() {
        var ledger = IdentifyLedger(bot: "bot")
        ledger.update(info(remaining: 7), at: 1000)
        #expect(ledger.remaining(at: 1000) == 7)
        ledger.update(info(remaining: 90), at: 2000)
        #expect(ledger.remaining(at: 2000) == 7)
        ledger.update(info(remaining: 3), at: 3000)
        #expect(ledger.remaining(at: 3000) == 3)
    }

    @Test("when the window is over the budget is whole again") func window() throws {
        var ledger = IdentifyLedger(bot: "bot")
        ledger.update(info(remaining: 1), at: 0)
        try ledger.record(at: 1000)
        #expect(ledger.remaining(at: 2000) == 0)
        #expect(ledger.endsAt == 3_600_000)
        #expect(ledger.remaining(at: 3_600_000) == 100)
        ledger.update(info(remaining: 99), at: 3_600_001)
        #expect(ledger.remaining(at: 3_600_001) == 99)
    }

    @Test("a window that has not begun lasts a day from the first IDENTIFY") func freshWindow() {
        var ledger = IdentifyLedger(bot: "bot")
        ledger.update(info(resetAfter: .zero), at: 0)
        #expect(ledger.endsAt == 86_400_000)
    }

    @Test("numbers that cannot be meant overflow nothing", arguments: [Int.min, -1, Int.max])
    func nonsense(number: Int) throws {
        var ledger = IdentifyLedger(bot: "bot")
        for now in [0, 1_700_000_000_000] as [Int64] {
            ledger.update(info(total: number, remaining: -1 - number, resetAfter: .milliseconds(Int64(number))), at: now)
            #expect(ledger.remaining(at: now) >= 0)
            try ledger.record(at: now)
        }
    }

    @Test("a damaged file counts as none", arguments: ["total", "used", "ends_at", "last_identify"], [Int64.min, -1, Int64.max])
    func damaged(field: String, number: Int64) throws {
        let directory = try TemporaryFile()
        let file = StateFile(path: directory.directory + "/identifies.json")
        var document: JSONValue = ["bot": "bot", "total": 5, "used": 3, "ends_at": 2000, "last_identify": 1]
        #expect(try { try file.write(document); return try IdentifyLedger(file: file, bot: "bot").remaining(at: 1000) }() == 2)
        document[field] = .integer(number)
        try file.write(document)
        #expect(try IdentifyLedger(file: file, bot: "bot").remaining(at: 1000) == 0)
    }

    @Test("two processes count together") func together() throws {
        let directory = try TemporaryFile()
        let file = StateFile(path: directory.directory + "/identifies.json")
        var one = try IdentifyLedger(file: file, bot: "bot")
        one.update(info(), at: 0)
        try one.record(at: 1)
        var two = try IdentifyLedger(file: file, bot: "bot")
        two.update(info(), at: 0)
        for time in 2...4 { try two.record(at: Int64(time)) }
        try one.record(at: 5)
        #expect(one.remaining(at: 5) == 95)
    }

    @Test("another bot's ledger, or a damaged file, counts for nothing") func foreign() throws {
        let directory = try TemporaryFile()
        let file = StateFile(path: directory.directory + "/identifies.json")
        var ledger = try IdentifyLedger(file: file, bot: "one")
        ledger.update(info(remaining: 1), at: 0)
        try ledger.record(at: 1)
        #expect(try IdentifyLedger(file: file, bot: "two").lastIdentify == 0)
        #expect(try IdentifyLedger(file: file, bot: "one").lastIdentify == 1)
        try file.write(.string("damaged"))
        #expect(try IdentifyLedger(file: file, bot: "one").lastIdentify == 0)
    }

    @Test("an IDENTIFY that cannot be written down is counted all the same") func unwritable() {
        var ledger = IdentifyLedger(bot: "bot")
        do { ledger = try IdentifyLedger(file: StateFile(path: "/nonexistent/identifies.json"), bot: "bot") } catch {}
        ledger.update(info(), at: 0)
        do {
            try ledger.record(at: 1)
            Issue.record("a directory that is not there was written to")
        } catch {
            #expect(error.description.contains("/nonexistent/identifies.json"))
        }
        #expect(ledger.remaining(at: 1) == 99)
    }
}
