import Synchronization
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A terminal whose last row is a prompt with what a person is typing. Everything else is written above it, from any thread, and what was typed so
/// far stays in sight.
package final class PromptTerminal: Sendable {
    package struct Size: Sendable {
        let rows, columns: Int
    }

    private let isPrompting = Mutex(false)
    private let size: @Sendable () -> Size
    private let put: @Sendable (String) -> Void

    /// - Parameters:
    ///   - size: the terminal's size now; the window may change.
    ///   - put: writes to the terminal at once.
    init(size: @escaping @Sendable () -> Size, put: @escaping @Sendable (String) -> Void) {
        self.size = size
        self.put = put
    }

    /// The terminal that this process was started in; `nil` when its input or output is something else, or it moves no cursor.
    package convenience init?() {
        let kind = getenv("TERM").map { String(cString: $0) } ?? "dumb"
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, kind != "dumb" else { return nil }
        self.init(size: Self.currentSize) { text in _ = text.withCString { write(STDOUT_FILENO, $0, strlen($0)) } }
    }

    /// Asks for a line. What was typed ahead is echoed by the terminal already, so the row is taken as it is.
    package func prompt() {
        isPrompting.withLock {
            $0 = true
            put("\r\u{1B}[K› ")
        }
    }

    /// Writes `text`, which may have several lines, above the prompt, or below the last line when there is none.
    package func show(_ text: String) {
        isPrompting.withLock { isPrompting in
            guard isPrompting else { return put(text + "\n") }
            let size = size()
            let rows = Self.rows(of: text, columns: size.columns)
            // More than fits would push the prompt off the screen.
            guard rows < size.rows else { return put("\r\u{1B}[K\(text)\n› ") }
            // Makes room below (IND keeps the column), inserts that many rows at the prompt's, and goes back to where the cursor was.
            let room = String(repeating: "\u{1B}D", count: rows) + "\u{1B}[\(rows)A"
            put("\(room)\u{1B}7\r\u{1B}[\(rows)L\(text)\u{1B}8\u{1B}[\(rows)B")
        }
    }

    /// Takes the prompt away.
    package func end() {
        isPrompting.withLock { isPrompting in
            if isPrompting { put("\r\u{1B}[K") }
            isPrompting = false
        }
    }

    /// How many rows a text takes, at least: a letter of unknown width counts as a wide one, which may leave a row empty but never overwrites one.
    static func rows(of text: String, columns: Int) -> Int {
        var rows = 1
        var column = 0
        var isInSequence = false
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x1B: isInSequence = true
            case _ where isInSequence: isInSequence = !scalar.properties.isAlphabetic
            case 0x0A: (rows, column) = (rows + 1, 0)
            default:
                let width = scalar.value == 0x09 ? 8 : scalar.value < 0x1100 ? 1 : 2
                if column + width > columns { (rows, column) = (rows + 1, 0) }
                column += width
            }
        }
        return rows
    }

    @Sendable private static func currentSize() -> Size {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return Size(rows: 24, columns: 80) }
        return Size(rows: Int(size.ws_row), columns: Int(size.ws_col))
    }
}
