import Discord
import Gateway
import GatewayProtocol
import JSON
import Reactor
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite("Saved sessions: RESUME across restarts") struct SavedSessionsTests {
    private let shard = ShardID(index: 1, of: 4)
    private let point = ResumePoint(sessionID: "s", url: "wss://r", sequence: 42)

    @Test("what was saved is found again by the same shard of the same layout, readable by the owner only") func roundTrip() throws {
        let directory = try TemporaryFile()
        let file = StateFile(path: directory.directory + "/sessions.json")
        var sessions = try SavedSessions(file: file, terms: "t")
        let isNew = sessions.set(point, of: shard, at: 1000)
        let isNewAgain = sessions.set(point, of: shard, at: 2000)
        #expect(isNew && !isNewAgain)
        try sessions.save()
        let again = try SavedSessions(file: file, terms: "t")
        #expect(again.point(of: shard, at: 3000) == point)
        #expect(again.point(of: ShardID(index: 1, of: 5), at: 3000) == nil)
        try #expect(directory.mode(of: "sessions.json") == 0o600)
    }

    @Test("what lies where the file is written first is neither written into nor read along") func planted() throws {
        let directory = try TemporaryFile("precious")
        let file = StateFile(path: directory.directory + "/sessions.json")
        #expect(symlink(directory.path, file.path + ".new") == 0)
        try file.write("one")
        #expect(directory.text(of: "file") == "precious")
        let loose = try #require(fopen(file.path + ".new", "w"))
        fclose(loose)
        chmod(file.path + ".new", 0o666)
        try file.write("two")
        try #expect(directory.mode(of: "sessions.json") == 0o600)
        #expect(directory.text(of: "sessions.json") == #""two""#)
    }

    @Test("a file that others can write is not believed: its URL would get our token", arguments: [0o620, 0o602, 0o600] as [mode_t])
    func foreign(mode: mode_t) throws {
        let directory = try TemporaryFile()
        let file = StateFile(path: directory.directory + "/sessions.json")
        try file.write("mine")
        chmod(file.path, mode)
        if mode == 0o600 {
            #expect(try file.read() == "mine")
        } else {
            #expect(throws: IOFailure(call: "read \(file.path), which others can write", code: EPERM)) { try file.read() }
        }
    }

    @Test("a pipe in the place of a file does not hold the process") func pipe() throws {
        let directory = try TemporaryFile()
        let file = StateFile(path: directory.directory + "/sessions.json")
        #expect(mkfifo(file.path, 0o600) == 0)
        #expect(try file.read() == nil)
    }

    @Test("a stale session is not tried") func stale() {
        var sessions = SavedSessions(terms: "t")
        sessions.set(point, of: shard, at: 1000)
        #expect(sessions.point(of: shard, at: 1000 + SavedSessions.lifetime - 1) == point)
        #expect(sessions.point(of: shard, at: 1000 + SavedSessions.lifetime) == nil)
    }

    @Test("a session that was asked for with other terms is not resumed") func terms() throws {
        let directory = try TemporaryFile()
        let file = StateFile(path: directory.directory + "/sessions.json")
        var sessions = try SavedSessions(file: file, terms: "intents=1")
        sessions.set(point, of: shard, at: 1000)
        try sessions.save()
        #expect(try SavedSessions(file: file, terms: "intents=2").point(of: shard, at: 1000) == nil)
    }

    @Test("a session saved at no time that can be meant is not resumed", arguments: [Int64.min, -1, Int64.max])
    func damaged(at time: Int64) throws {
        let directory = try TemporaryFile()
        let file = StateFile(path: directory.directory + "/sessions.json")
        try file.write(["terms": "t", "sessions": [["shard": 1, "of": 4, "session_id": "s", "url": "wss://r", "sequence": 42, "saved_at": .integer(time)]]])
        #expect(try SavedSessions(file: file, terms: "t").point(of: shard, at: 1000) == nil)
    }

    @Test("a forgotten session stays forgotten") func forgotten() throws {
        var sessions = SavedSessions(terms: "t")
        sessions.set(point, of: shard, at: 1000)
        sessions.set(nil, of: shard, at: 1000)
        #expect(sessions.point(of: shard, at: 1000) == nil)
    }
}
