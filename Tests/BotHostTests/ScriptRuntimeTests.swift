import Foundation
import Synchronization
import Testing

@testable import BotHost

@Suite("Handing events to the packs")
struct ScriptRuntimeTests {
    @Test("who waits until the events of now are handled is called although others keep coming, and not before")
    func onceHandled() throws {
        let scene = try ScriptScene()
        #expect(try scene.load("pack", """
            bot.on("message_create", function(message)
              local start = os.clock()
              while os.clock() - start < 0.003 do end
              if message.content == "mark" then bot.log.info("mark") end
            end)
            """) == nil)
        for number in 1...100 { scene.say(number == 100 ? "mark" : "x") }
        let called = Called(), log = scene.log
        scene.thread.perform { runtime in
            runtime.onceHandled { called.note(log.lines.contains { $0.contains("mark") }) }
        }
        // Faster than they are handled, so that there is always one more.
        for _ in 1...3000 where called.markWasHandled == nil {
            scene.say("x")
            usleep(1000)
        }
        #expect(called.markWasHandled == true)
    }

    private final class Called: Sendable {
        private let state = Mutex<Bool?>(nil)
        var markWasHandled: Bool? { state.withLock { $0 } }
        func note(_ wasHandled: Bool) { state.withLock { $0 = wasHandled } }
    }
}
