#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A program started for a test, with pipes on its standard input and output.
package final class PeerProcess {
    package struct CannotStart: Error {
        package let program: String
        package let reason: String

        package init(program: String, reason: String) {
            self.program = program
            self.reason = reason
        }
    }

    private let process: pid_t
    private let input: CInt
    private let output: CInt
    private var pending: [UInt8] = []

    /// Finds `program` in PATH. Its errors go to the test's own, or, when they matter to the test, with its output.
    package init(_ program: String, _ arguments: [String], errorsWithOutput: Bool = false) throws {
        var toChild: [CInt] = [-1, -1]
        var fromChild: [CInt] = [-1, -1]
        guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else { throw CannotStart(program: program, reason: "no pipe") }
        // Not inherited by programs that tests start: pipes and sockets of tests that run meanwhile would not end where they are closed.
        for descriptor in 3..<CInt(min(sysconf(CInt(_SC_OPEN_MAX)), 65_536)) { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        #if canImport(Glibc)
        var actions = posix_spawn_file_actions_t()
        #else
        var actions: posix_spawn_file_actions_t?
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        if errorsWithOutput { posix_spawn_file_actions_adddup2(&actions, fromChild[1], 2) }
        var argv: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        var child = pid_t()
        let code = posix_spawnp(&child, program, &actions, nil, &argv, environ)
        close(toChild[0])
        close(fromChild[1])
        input = toChild[1]
        output = fromChild[0]
        process = child
        guard code == 0 else {
            close(input)
            close(output)
            throw CannotStart(program: program, reason: String(cString: strerror(code)))
        }
        signal(SIGPIPE, SIG_IGN)
    }

    deinit {
        close(input)
        close(output)
        kill()
        var status: CInt = 0
        waitpid(process, &status, 0)
    }

    /// Ends the program at once, as a crash does.
    package func kill() { _ = Self.end(process, SIGKILL) }

    /// kill(2), which the method's name hides.
    #if canImport(Glibc)
    private static let end = Glibc.kill
    #else
    private static let end = Darwin.kill
    #endif

    /// Whether `program` can be run at all.
    package static func exists(_ program: String) -> Bool {
        guard let path = getenv("PATH") else { return false }
        return String(cString: path).split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
    }

    package func send(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(input, bytes, bytes.count)
    }

    /// The next line the program prints; nil when it has ended, or has printed nothing for 30 seconds.
    package func readLine() -> String? {
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                defer { pending.removeSubrange(...end) }
                return String(decoding: pending[..<end], as: UTF8.self)
            }
            var wait = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            guard poll(&wait, 1, 30_000) > 0 else { return nil }
            var chunk = [UInt8](repeating: 0, count: 4096)
            let count = read(output, &chunk, chunk.count)
            guard count > 0 else { return nil }
            pending.append(contentsOf: chunk[..<count])
        }
    }

    /// Skips lines until one that begins with `prefix`, and returns the rest of that.
    package func readLine(after prefix: String) -> String? {
        while let line = readLine() {
            if line.hasPrefix(prefix) { return String(line.dropFirst(prefix.count)) }
        }
        return nil
    }
}
