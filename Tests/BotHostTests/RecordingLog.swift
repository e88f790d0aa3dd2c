import Logging
import Synchronization

@testable import BotHost

/// Keeps log lines as `level [pack] message`.
final class RecordingLog: Sendable {
    private let written = Mutex<[String]>([])
    private let hold = Mutex<Hold?>(nil)

    var lines: [String] { written.withLock { $0 } }

    /// Waits for a line that contains `text`.
    func wait(for text: String) -> Bool { holds { lines.contains { $0.contains(text) } } }

    /// Makes whoever logs this text stand still there, once, until the hold is let go.
    func hold(_ text: String) -> Hold {
        let new = Hold(text: text)
        hold.withLock { $0 = new }
        return new
    }

    final class Hold: Sendable {
        let text: String
        private let reached = Handover<Bool>()
        private let released = Handover<Bool>()

        init(text: String) { self.text = text }

        var isHolding: Bool { reached.take(within: .zero) != nil }

        func letGo() { released.give(true) }

        fileprivate func stand() {
            reached.give(true)
            _ = released.take()
        }
    }

    /// What the pack itself logged with `bot.log.info`.
    func values() -> [String] {
        let prefix = "info [pack] "
        return lines.filter { $0.hasPrefix(prefix) && $0 != prefix + "reloaded" }.map { String($0.dropFirst(prefix.count)) }
    }

    struct Handler: LogHandler {
        let log: RecordingLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let pack = metadata["pack"].map { "\($0)" } ?? "-"
            log.written.withLock { $0.append("\(event.level) [\(pack)] \(event.message)") }
            let hold = log.hold.withLock { hold in hold?.text == "\(event.message)" ? hold.take() : nil }
            hold?.stand()
        }
    }
}
