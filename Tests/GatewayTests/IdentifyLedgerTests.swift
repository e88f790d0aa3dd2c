import Gateway
import JSON
import Reactor
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite("Identify ledger (digest 1.1, 13.1: an identify loop costs the token)") struct IdentifyLedgerTests {
    private func info(total: Int = 100, remaining: Int? = nil, resetAfter: Duration = .seconds(3600)) -> GatewayBotInfo {
        GatewayBotInfo(url: "", shards: 1, total: total, remaining: remaining ?? total, resetAfter: resetAfter, maxConcurrency: 1)
    }

    /// Spends one, with no distance to keep.
    private func spend(_ ledger: inout IdentifyLedger, at now: Int64) -> IdentifyLedger.Answer { ledger.spend(key: 0, interval: 0, at: now) }

    private static let granted = IdentifyLedger.Answer.granted(fault: nil)

    @Test("a thousand crash-restarts do not identify more often than allowed, even if Discord's own count lags behind")
    func crashLoop() throws {
        let directory = try TemporaryFile()
        let file = StateFile(path: directory.directory + "/identifies.json")
        var identifies = 0
        for restart in 0..<1000 {
            var ledger = try IdentifyLedger(file: file, bot: "bot")
            let now = 1_000_000 + Int64(restart) * 100
            ledger.update(info(), at: now)
            if spend(&ledger, at: now) == Self.granted { identifies += 1 }
        }
        #expect(identifies == 100)
    }

    @Test("processes killed right after an IDENTIFY have counted it") func killed() async throws {
        let directory = try TemporaryFile()
        let path = directory.directory
        for _ in 0..<7 {
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
                var ledger = try IdentifyLedger(file: StateFile(path: path + "/identifies.json"), bot: "bot")
                let info = GatewayBotInfo(url: "", shards: 1, total: 5, remaining: 5, resetAfter: .seconds(3600), maxConcurrency: 1)
                ledger.update(info, at: 1000)
                if ledger.spend(key: 0, interval: 0, at: 1000) == .granted(fault: nil), let sent = fopen(path + "/file", "a") {
                    fputs("identify\n", sent)
                    fclose(sent)
                }
                kill(getpid(), SIGKILL)
            }
        }
        #expect(directory.text(of: "file") == String(repeating: "identify\n", count: 5))
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

    @Test("when the window is over the budget is whole again") func window() {
        var ledger = IdentifyLedger(bot: "bot")
        ledger.update(info(remaining: 1), at: 0)
        #expect(spend(&ledger, at: 1000) == Self.granted)
        #expect(spend(&ledger, at: 2000) == .spent)
        #expect(ledger.remaining(at: 2000) == 0)
        #expect(ledger.endsAt == 3_600_000)
        #expect(ledger.remaining(at: 3_600_000) == 100)
        ledger.update(info(remaining: 99), at: 3_600_001)
        #expect(ledger.remaining(at: 3_600_001) == 99)
    }

    @Test("the window ends when Discord says so, if that is earlier than was thought") func earlier() {
        var ledger = IdentifyLedger(bot: "bot")
        ledger.update(info(remaining: 0, resetAfter: .zero), at: 0)
        ledger.update(info(remaining: 0, resetAfter: .seconds(60)), at: 1000)
        #expect(ledger.endsAt == 61_000)
    }

    @Test("a clock that jumps, by an hour or by a year, costs a day at most", arguments: [-1, 1, -24 * 365, 24 * 365] as [Int64])
    func clockJump(hours: Int64) {
        let jumped = 1_800_000_000_000 + hours * 3_600_000
        var ledger = IdentifyLedger(bot: "bot")
        ledger.update(info(remaining: 1), at: 1_800_000_000_000)
        #expect(ledger.spend(key: 0, interval: 5000, at: 1_800_000_000_000) == Self.granted)
        ledger.update(info(remaining: 0), at: jumped)
        #expect(ledger.remaining(at: jumped) == 0)
        #expect(ledger.endsAt > jumped && ledger.endsAt <= jumped + 86_400_000)
    }

    @Test("a window that has not begun lasts a day from the first IDENTIFY") func freshWindow() {
        var ledger = IdentifyLedger(bot: "bot")
        ledger.update(info(resetAfter: .zero), at: 0)
        #expect(ledger.endsAt == 86_400_000)
    }

    @Test("numbers that cannot be meant overflow nothing", arguments: [Int.min, -1, Int.max])
    func nonsense(number: Int) {
        var ledger = IdentifyLedger(bot: "bot")
        for now in [0, 1_700_000_000_000] as [Int64] {
            ledger.update(info(total: number, remaining: -1 - number, resetAfter: .milliseconds(Int64(number))), at: now)
            #expect(ledger.remaining(at: now) >= 0)
            _ = spend(&ledger, at: now)
        }
    }

    @Test("a damaged file counts as none", arguments: ["total", "used", "ends_at"], [Int64.min, -1, Int64.max])
    func damaged(field: String, number: Int64) throws {
        let directory = try TemporaryFile()
        let file = StateFile(path: directory.directory + "/identifies.json")
        var document: JSONValue = ["bot": "bot", "total": 5, "used": 3, "ends_at": 2000, "last_identify": ["0": 1, "1": -1, "x": 1, "2": "x"]]
        #expect(try { try file.write(document); return try IdentifyLedger(file: file, bot: "bot").remaining(at: 1000) }() == 2)
        document[field] = .integer(number)
        try file.write(document)
        #expect(try IdentifyLedger(file: file, bot: "bot").remaining(at: 1000) == 0)
    }

    @Test("processes that started side by side count together") func together() throws {
        let directory = try TemporaryFile()
        let file = StateFile(path: directory.directory + "/identifies.json")
        var ledgers = try (0..<3).map { _ in try IdentifyLedger(file: file, bot: "bot") }
        for index in ledgers.indices { ledgers[index].update(info(total: 10), at: Int64(index)) }
        var identifies = 0
        for time in 0..<30 where spend(&ledgers[time % 3], at: 100 + Int64(time)) == Self.granted { identifies += 1 }
        #expect(identifies == 10)
    }

    @Test("they keep the distance of a key together, and a restarted one that of its predecessor") func distance() throws {
        let directory = try TemporaryFile()
        let file = StateFile(path: directory.directory + "/identifies.json")
        var one = try IdentifyLedger(file: file, bot: "bot")
        var two = try IdentifyLedger(file: file, bot: "bot")
        one.update(info(), at: 0)
        two.update(info(), at: 0)
        #expect(one.spend(key: 0, interval: 5000, at: 1000) == Self.granted)
        #expect(two.spend(key: 0, interval: 5000, at: 2000) == .wait(until: 6000))
        #expect(two.spend(key: 1, interval: 5000, at: 2000) == Self.granted)
        var restarted = try IdentifyLedger(file: file, bot: "bot")
        restarted.update(info(), at: 3000)
        #expect(restarted.spend(key: 1, interval: 5000, at: 3000) == .wait(until: 7000))
        #expect(restarted.spend(key: 1, interval: 5000, at: 7000) == Self.granted)
        #expect(restarted.remaining(at: 7000) == 97)
        // After the clock was set back.
        #expect(restarted.spend(key: 1, interval: 5000, at: 500) == Self.granted)
    }

    /// Another process that counts at this moment.
    private final class OtherProcess {
        var lock: StateFile.Lock?
        init(_ file: StateFile) throws { lock = try file.lock() }
    }

    @Test("while another process counts, this one waits; not for ever, and without stopping its thread") func locked() throws {
        let directory = try TemporaryFile()
        let file = StateFile(path: directory.directory + "/identifies.json")
        var ledger = try IdentifyLedger(file: file, bot: "bot")
        ledger.update(info(), at: 0)
        let other = try OtherProcess(file)
        #expect(spend(&ledger, at: 1000) == .wait(until: 1050))
        #expect(spend(&ledger, at: 1050) == .wait(until: 1100))
        other.lock = nil
        #expect(spend(&ledger, at: 1100) == Self.granted)
        let stopped = try OtherProcess(file)
        #expect(spend(&ledger, at: 20_000) == .wait(until: 20_050))
        guard case .granted(let fault?) = spend(&ledger, at: 30_000) else {
            Issue.record("a process that was stopped keeps this one offline")
            return
        }
        #expect(fault.description.contains("identifies.json.lock"))
        #expect(ledger.remaining(at: 30_000) == 98)
        stopped.lock = nil
    }

    @Test("another bot's ledger, or a damaged file, counts for nothing") func foreign() throws {
        let directory = try TemporaryFile()
        let file = StateFile(path: directory.directory + "/identifies.json")
        var ledger = try IdentifyLedger(file: file, bot: "one")
        ledger.update(info(remaining: 1), at: 0)
        #expect(spend(&ledger, at: 1) == Self.granted)
        #expect(try IdentifyLedger(file: file, bot: "two").endsAt == 0)
        #expect(try IdentifyLedger(file: file, bot: "one").endsAt == 3_600_000)
        try file.write(.string("damaged"))
        #expect(try IdentifyLedger(file: file, bot: "one").endsAt == 0)
    }

    @Test("an IDENTIFY that cannot be written down is counted all the same, once") func unwritable() throws {
        var ledger = try IdentifyLedger(file: StateFile(path: "/nonexistent/identifies.json"), bot: "bot")
        ledger.update(info(), at: 0)
        guard case .granted(let fault?) = spend(&ledger, at: 1) else {
            Issue.record("a directory that is not there was written to")
            return
        }
        #expect(fault.description.contains("/nonexistent/identifies.json"))
        #expect(ledger.remaining(at: 1) == 99)
    }
}
