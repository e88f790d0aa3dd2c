internal import JSON
package import Logging
import Synchronization
internal import Reactor
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Writes log lines to standard error: one line (and its indented continuation) per message for people, or one JSON object per
/// line for machines. Messages of several threads never mix.
package struct ConsoleLogHandler: LogHandler {
    package enum Format: Sendable { case pretty(colors: Bool), json }

    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    private let format: Format
    private let terminal: PromptTerminal?

    /// - Parameter terminal: the terminal in which a person types meanwhile, for lines that would go there.
    package init(level: Logger.Level, format: Format, terminal: PromptTerminal? = nil) {
        logLevel = level
        self.format = format
        self.terminal = isatty(STDERR_FILENO) == 1 ? terminal : nil
    }

    /// Colours when standard error is a terminal and `NO_COLOR` is not set (no-color.org).
    package static var prettyForStandardError: Format {
        .pretty(colors: isatty(STDERR_FILENO) == 1 && getenv("NO_COLOR") == nil)
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let fields = (event.metadata.map { metadata.merging($0) { _, new in new } } ?? metadata).sorted { $0.key < $1.key }
        var line: [UInt8]
        switch format {
        case .pretty(let colors): line = Self.pretty(event.level, "\(event.message)", fields, colors: colors)
        case .json: line = Self.json(event.level, "\(event.message)", fields)
        }
        if let terminal { return terminal.show(String(decoding: line, as: UTF8.self)) }
        line.append(UInt8(ascii: "\n"))
        Self.whole.withLock { _ in Self.writeOut(line) }
    }

    /// Held for each line: a pipe takes long ones in parts, between which another thread's would come.
    private static let whole = Mutex(())

    private static func writeOut(_ line: [UInt8]) {
        line.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = write(STDERR_FILENO, rest.baseAddress, rest.count)
                guard count > 0 || errno == EINTR else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(max(0, count)))
            }
        }
    }

    static func pretty(_ level: Logger.Level, _ message: String, _ fields: [(key: String, value: Logger.Metadata.Value)], colors: Bool)
        -> [UInt8]
    {
        let name = level.rawValue + String(repeating: " ", count: max(0, 7 - level.rawValue.utf8.count))
        var text = UTCTimestamp.now().timeOfDay + " "
        if colors, let color = color(of: level) { text += "\u{1B}[\(color)m\(name)\u{1B}[0m" } else { text += name }
        text += " "
        if let pack = fields.first(where: { $0.key == "pack" }) { text += "[\("\(pack.value)".printable)] " }
        // Continuation lines (a traceback) are indented, so that every message begins at the margin.
        text += message.printable.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n    ")
        for field in fields where field.key != "pack" { text += " \(field.key)=\("\(field.value)".printable)" }
        return Array(text.utf8)
    }

    private static func color(of level: Logger.Level) -> Int? {
        switch level {
        case .trace, .debug: 90
        case .info: nil
        case .notice: 36
        case .warning: 33
        case .error, .critical: 31
        }
    }

    private static func json(_ level: Logger.Level, _ message: String, _ fields: [(key: String, value: Logger.Metadata.Value)]) -> [UInt8] {
        var object: [(key: String, value: JSONValue)] = [
            ("time", .string(UTCTimestamp.now().description)), ("level", .string(level.rawValue)), ("message", .string(message)),
        ]
        for field in fields { object.append((field.key, .string("\(field.value)"))) }
        return JSONValue.object(JSONObject(object)).serialized
    }
}
