import Discord
import Gateway
import GatewayProtocol
import JSON
import Reactor
import TestSupport
import Testing

/// What a fleet leaves to the next process, and what the next one makes of it.
@Suite("Restarts: sessions and session starts outlive the process") struct FleetRestartTests {
    /// Plays a scene that ends like a process that is killed: nothing is closed, nothing more is saved.
    private func crash(with state: TemporaryFile, configure: (inout GatewayConfiguration) -> Void = { _ in }, _ script: (Scene) -> Void) throws {
        let scene = try Scene {
            $0.stateDirectory = state.directory
            configure(&$0)
        }
        script(scene)
        scene.play()
        scene.gateway.server.close()
    }

    /// The sequence that the next process would RESUME from.
    private func savedSequence(_ state: TemporaryFile) -> Int64? {
        guard let text = state.text(of: "sessions-MTIz.json"), let document = try? JSONValue(parsing: Array(text.utf8)) else { return nil }
        return document["sessions"]?[0]?["sequence"]?.integerValue
    }

    @Test("a restarted process RESUMEs where the old one stopped and gets what it missed") func resumeAcrossRestart() throws {
        let state = try TemporaryFile()
        let old = try Scene { $0.stateDirectory = state.directory }
        old.listener.onReady = { _ in
            old.gateway.peers[0].dispatch("MESSAGE_CREATE", message("before"))
        }
        old.listener.onEvent = { _ in old.fleet.shutdown(keepingSessions: true) { old.done() } }
        old.play()
        let saved = try #require(state.text(of: "sessions-MTIz.json"))
        #expect(saved.contains("session-0") && !saved.contains("secret"))
        try #expect(state.mode(of: "sessions-MTIz.json") == 0o600)

        let new = try Scene { $0.stateDirectory = state.directory }
        // The old session's URL has the old gateway's port: the new process must find its way all the same.
        new.gateway.onCommand = { peer, opcode, data in
            guard opcode == .resume else { return false }
            peer.sequence = data["seq"]?.integerValue ?? 0
            peer.dispatch("MESSAGE_CREATE", message("missed"))
            peer.resumed()
            return true
        }
        new.listener.onResumed = { new.done() }
        old.gateway.server.close()
        new.play()
        #expect(new.gateway.log.first == "open 0" && new.gateway.log.contains("resume 0 seq 2"))
        #expect(new.listener.events == [#"MESSAGE_CREATE 3 {"content":"missed"}"#])
    }

    @Test("a process that crashes right after READY resumes too, and other intents make a new session") func crashAfterReady() throws {
        let state = try TemporaryFile()
        try crash(with: state) { old in
            old.listener.onReady = { _ in old.table.reactor.nextTurn { old.table.reactor.nextTurn { old.done() } } }
        }
        let new = try Scene {
            $0.stateDirectory = state.directory
            $0.intents = [.guilds]
        }
        new.listener.onReady = { _ in new.done() }
        new.play()
        #expect(new.gateway.log == ["open 0", "identify 0"])
        #expect(state.text(of: "sessions-MTIz.json")?.contains("session-0") == true)
    }

    @Test("after leaving for good nothing is left to resume") func forgotten() throws {
        let state = try TemporaryFile()
        let scene = try Scene { $0.stateDirectory = state.directory }
        scene.listener.onReady = { _ in scene.fleet.shutdown { scene.done() } }
        scene.play()
        #expect(state.text(of: "sessions-MTIz.json")?.contains("session-0") == false)
    }

    @Test("a session that Discord has forgotten in the meantime falls back to IDENTIFY") func forgottenByDiscord() throws {
        let state = try TemporaryFile()
        let old = try Scene { $0.stateDirectory = state.directory }
        old.listener.onReady = { _ in old.fleet.shutdown(keepingSessions: true) { old.done() } }
        old.play()
        old.gateway.server.close()
        let new = try Scene { $0.stateDirectory = state.directory }
        new.gateway.onCommand = { peer, opcode, _ in
            if opcode == .resume { peer.invalidate(false) }
            return opcode == .resume
        }
        new.listener.onReady = { _ in new.done() }
        new.play()
        #expect(new.gateway.log.filter { !$0.hasPrefix("end") } == ["open 0", "resume 0 seq 1", "open 1", "identify 1"])
    }

    @Test("a thousand crash-restarts spend no more session starts than there are, and the failure says until when") func crashLoop() throws {
        let state = try TemporaryFile()
        var identifies = 0, refused = 0
        for _ in 0..<1000 {
            let scene = try Scene {
                $0.stateDirectory = state.directory
                $0.spentBudget = .fail
                $0.identifyInterval = .milliseconds(2)
            }
            // As Discord's count would be if it lagged behind for ever.
            scene.gateway.info.total = 20
            scene.gateway.info.remaining = 20
            // A crash between IDENTIFY and READY: nothing is there to resume.
            scene.gateway.onCommand = { _, opcode, _ in
                if opcode == .identify { scene.done() }
                return opcode == .identify
            }
            scene.play()
            identifies += scene.gateway.log.count { $0.hasPrefix("identify") }
            if case .identifyBudgetSpent(needed: 1, remaining: 0, until: _) = scene.listener.failure {
                refused += 1
                #expect(scene.listener.failure?.description.contains(" UTC") == true)
            }
        }
        #expect(identifies == 20)
        #expect(refused == 980)
    }

    // Progress

    @Test("what was handled is saved soon, whether heartbeats are due or not") func progress() throws {
        let state = try TemporaryFile()
        try crash(with: state, configure: { $0.checkpointInterval = .milliseconds(10) }) { scene in
            scene.listener.onReady = { _ in scene.gateway.peers[0].dispatch("MESSAGE_CREATE", message("one")) }
            scene.listener.onEvent = { _ in scene.table.when({ savedSequence(state) == 2 }) { scene.done() } }
        }
        #expect(savedSequence(state) == 2)
    }

    @Test("what the handlers have not come to yet is not saved as received: the next process gets it again") func unhandled() throws {
        let state = try TemporaryFile()
        try crash(with: state, configure: { $0.checkpointInterval = .milliseconds(10) }) { scene in
            scene.listener.handlersAreBehind = true
            scene.listener.onReady = { _ in scene.gateway.peers[0].dispatch("MESSAGE_CREATE", message("never handled")) }
            scene.listener.onEvent = { _ in scene.table.when({ !scene.listener.waiting.isEmpty }) { scene.done() } }
        }
        #expect(savedSequence(state) == 1)
        let new = try Scene { $0.stateDirectory = state.directory }
        new.gateway.onCommand = { peer, opcode, data in
            guard opcode == .resume else { return false }
            peer.sequence = data["seq"]?.integerValue ?? 0
            peer.dispatch("MESSAGE_CREATE", message("never handled"))
            peer.resumed()
            return true
        }
        new.listener.onResumed = { new.done() }
        new.play()
        #expect(new.listener.events == [#"MESSAGE_CREATE 2 {"content":"never handled"}"#])
    }

    @Test("progress of a session that has ended while the handlers were behind is not saved over its successor") func lateProgress() throws {
        let state = try TemporaryFile()
        try crash(with: state, configure: { $0.checkpointInterval = .milliseconds(10) }) { scene in
            scene.listener.handlersAreBehind = true
            scene.gateway.onCommand = { peer, opcode, _ in
                if opcode == .resume { peer.invalidate(false) }
                return opcode == .resume
            }
            scene.listener.onReady = { _ in
                guard scene.listener.readies.count == 1 else {
                    for body in scene.listener.waiting { body() }
                    return scene.table.reactor.nextTurn { scene.table.reactor.nextTurn { scene.done() } }
                }
                for number in 1...5 { scene.gateway.peers[0].dispatch("MESSAGE_CREATE", message("\(number)")) }
                scene.table.when({ !scene.listener.waiting.isEmpty }) { scene.gateway.peers[0].reconnect() }
            }
        }
        #expect(state.text(of: "sessions-MTIz.json")?.contains("session-0") == false)
        #expect(savedSequence(state) == 1)
    }

    @Test("a process that leaves while its handlers are behind hands the sessions over once they have caught up, or as they were before") func handOverBehind() throws {
        let state = try TemporaryFile()
        let scene = try Scene { $0.stateDirectory = state.directory }
        scene.listener.handlersAreBehind = true
        scene.listener.onReady = { _ in scene.gateway.peers[0].dispatch("MESSAGE_CREATE", message("late")) }
        scene.listener.onEvent = { _ in scene.fleet.shutdown(keepingSessions: true) { scene.done() } }
        scene.play()
        #expect(savedSequence(state) == 1)
        #expect(try OtherProcess(state).lock == nil)
        for body in scene.listener.waiting { body() }
        #expect(savedSequence(state) == 2)
        #expect(try OtherProcess(state).lock != nil)
    }

    // Several processes

    /// Another process that runs the same shards.
    private final class OtherProcess {
        var lock: StateFile.Lock?

        init(_ state: TemporaryFile) throws {
            lock = try StateFile(path: state.directory + "/sessions-MTIz.json").lock()
        }
    }

    @Test("a second process of the same shards waits until the first ends, and goes on with its session") func successor() throws {
        let state = try TemporaryFile()
        try crash(with: state) { scene in
            scene.listener.onReady = { _ in scene.table.reactor.nextTurn { scene.table.reactor.nextTurn { scene.done() } } }
        }
        let first = try OtherProcess(state)
        let second = try Scene { $0.stateDirectory = state.directory }
        second.listener.onResumed = { second.done() }
        second.table.reactor.schedule(after: .milliseconds(300)) {
            #expect(second.gateway.log.isEmpty)
            first.lock = nil
        }
        second.play()
        #expect(second.gateway.log == ["open 0", "resume 0 seq 1"])
        #expect(second.listener.notes.count { if case .waitingForProcess = $0.event { true } else { false } } == 1)
    }

    @Test("a process that waits for another can be ended") func endWhileWaiting() throws {
        let state = try TemporaryFile()
        let first = try OtherProcess(state)
        let scene = try Scene { $0.stateDirectory = state.directory }
        scene.table.reactor.schedule(after: .milliseconds(20)) { scene.fleet.shutdown { scene.done() } }
        scene.play()
        #expect(scene.gateway.log.isEmpty)
        first.lock = nil
    }

    @Test("a fleet that has ended leaves the sessions to the next one of its process", arguments: [false, true]) func released(fails: Bool) throws {
        let state = try TemporaryFile()
        let old = try Scene { $0.stateDirectory = state.directory }
        old.listener.onReady = { _ in
            if fails { old.gateway.peers[0].connection.close(4013) } else { old.fleet.shutdown { old.done() } }
        }
        old.play()
        let new = try Scene { $0.stateDirectory = state.directory }
        new.listener.onReady = { _ in new.done() }
        new.play()
        #expect(new.gateway.log == ["open 0", "identify 0"])
        #expect(old.fleet.statuses.count == 1, "the old one is still there")
    }

    @Test("bots that share a directory do not overwrite each other's state") func twoBots() throws {
        let state = try TemporaryFile()
        for name in ["b25l", "dHdv"] {
            let token = try BotToken("\(name).x.y")
            let scene = try Scene {
                $0.stateDirectory = state.directory
                $0.token = token
            }
            scene.listener.onReady = { _ in scene.fleet.shutdown(keepingSessions: true) { scene.done() } }
            scene.play()
        }
        for name in ["b25l", "dHdv"] {
            #expect(state.text(of: "sessions-\(name).json")?.contains("session-0") == true)
            #expect(state.text(of: "identifies-\(name).json")?.contains(#""used":1"#) == true)
        }
    }
}
