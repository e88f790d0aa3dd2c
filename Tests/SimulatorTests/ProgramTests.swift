import JSON
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@testable import Simulator

/// One after another: each blocks a thread of the pool that all tests share.
@Suite("The program moonwire-simulator", .serialized)
struct ProgramTests {
    @Test("it says where it is, takes lines, tells what happens, and leaves nothing behind")
    func conversation() throws {
        let program = try Program(["--plain"])
        let ready = try program.line()
        #expect(ready["ready"] == true)
        for field in ["api_url", "gateway_url", "token", "guild_id", "channel_id", "user"] { #expect(ready[field]?.stringValue != nil) }
        program.say(#"{"type":"say","content":"hello"}"#)
        #expect(try program.line() == ["type": "undelivered", "for": 1, "reason": "the bot has no session"])
        program.say(#"{"type":"fly"}"#)
        #expect(try program.line() == ["type": "error", "for": 2, "message": "line 2: unknown type \"fly\""])
        program.say(#"{"type":"say"}"#)
        #expect(try program.line()["message"] == "line 3: \"content\" must be a string")
        program.say("{broken")
        #expect(try program.line()["for"] == 4)
        program.say(#"{"type":"cut"}"#)
        #expect(try program.line() == ["type": "done", "for": 5])
        program.say("plain text")
        #expect(try program.line()["for"] == 6)
        program.say(#"{"type":"quit"}"#)
        #expect(try program.wait() == 0)
    }

    @Test("the CA file is there until the program ends", arguments: [Ending.endOfInput, .quit, .signal(SIGTERM), .signal(SIGINT)])
    func authorityFile(ending: Ending) throws {
        let program = try Program([])
        let file = try #require(try program.line()["ca_file"]?.stringValue)
        #expect(access(file, R_OK) == 0)
        switch ending {
        case .endOfInput: program.closeInput()
        case .quit: program.say(#"{"type":"quit"}"#)
        case .signal(let number): program.signal(number)
        }
        #expect(try program.wait() == 0)
        #expect(access(file, F_OK) != 0)
        #expect(access(String(file.dropLast("/ca.pem".count)), F_OK) != 0)
    }

    enum Ending: Sendable { case endOfInput, quit, signal(CInt) }

    @Test("a signal ends it at once when nobody reads its output, and when a bot reads no events", arguments: [SIGTERM, SIGINT], [true, false])
    func unread(number: CInt, isFlooded: Bool) throws {
        let program = try Program(["--plain"])
        let ready = try program.line()
        let bot = try StalledBot(ready)
        defer { bot.close() }
        // It says when the bot is there.
        while try program.line()["state"] != "identified" {}
        if isFlooded {
            program.say(#"{"type":"flood","count":1000000}"#)
        } else {
            for _ in 0..<5000 { program.say("plain text") }
        }
        // Time to get stuck, which nothing shows from outside.
        usleep(300_000)
        program.signal(number)
        #expect(try program.waitWithoutReading() == 0)
    }

    @Test("more output than a pipe holds waits for its reader, and is whole at the end of the input")
    func slowReader() throws {
        let program = try Program(["--plain"])
        _ = try program.line()
        for _ in 0..<5000 { program.say("plain text") }
        program.closeInput()
        for number in 1...5000 { #expect(try program.line()["for"]?.integerValue == Int64(number)) }
        #expect(try program.wait() == 0)
    }

    @Test("times longer than a day are refused", arguments: ["--heartbeat", "--identify-window"])
    func longTimes(option: String) throws {
        let program = try Program([option, "86400001"])
        #expect(try program.wait() == 64)
        #expect(try program.errors().hasPrefix("Error: times must not be longer than a day"))
    }

    @Test("a port that is taken: one line on standard error and code 1")
    func takenPort() throws {
        let first = try Program(["--plain"])
        let port = try #require(try first.line()["api_url"]?.stringValue?.split(separator: ":").last?.split(separator: "/").first)
        let second = try Program(["--plain", "--port", String(port)])
        #expect(try second.wait() == 1)
        let complaint = try second.errors()
        #expect(complaint == "moonwire-simulator: cannot listen on port \(port): Address already in use\n")
        first.closeInput()
        #expect(try first.wait() == 0)
    }
}

/// The program as a child process with pipes.
final class Program {
    private let pid: pid_t
    private let input: CInt
    private let output: CInt
    private let complaints: CInt
    /// Read from standard output, not yet taken as lines.
    private var received: [UInt8] = []
    private var hasInput = true

    init(_ arguments: [String]) throws {
        // The products lie beside the bundle of the tests.
        let bundle = CommandLine.arguments[0]
        let path = String(bundle[..<(bundle.lastIndex(of: "/") ?? bundle.startIndex)]) + "/moonwire-simulator"
        var pipes: [[CInt]] = []
        for _ in 0..<3 {
            var ends: [CInt] = [0, 0]
            guard pipe(&ends) == 0 else { throw SimulatorFailure("no pipe") }
            pipes.append(ends)
        }
        // Not inherited by programs that tests start: pipes and sockets of tests that run meanwhile would not end where they are closed.
        for descriptor in 3..<CInt(min(sysconf(CInt(_SC_OPEN_MAX)), 65_536)) { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        #if canImport(Glibc)
        var actions = posix_spawn_file_actions_t()
        #else
        var actions: posix_spawn_file_actions_t?
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, pipes[0][0], 0)
        posix_spawn_file_actions_adddup2(&actions, pipes[1][1], 1)
        posix_spawn_file_actions_adddup2(&actions, pipes[2][1], 2)
        var argv = ([path] + arguments).map { strdup($0) } + [nil]
        var pid: pid_t = 0
        let status = posix_spawn(&pid, path, &actions, nil, &argv, environ)
        posix_spawn_file_actions_destroy(&actions)
        for argument in argv { free(argument) }
        guard status == 0 else { throw SimulatorFailure("cannot start \(path): \(String(cString: strerror(status)))") }
        for end in [pipes[0][0], pipes[1][1], pipes[2][1]] { close(end) }
        self.pid = pid
        input = pipes[0][1]
        output = pipes[1][0]
        complaints = pipes[2][0]
    }

    deinit {
        closeInput()
        close(output)
        close(complaints)
    }

    func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        write(input, bytes, bytes.count)
    }

    func closeInput() {
        if hasInput { close(input) }
        hasInput = false
    }

    func signal(_ number: CInt) { kill(pid, number) }

    /// The next line of standard output.
    func line() throws -> JSONValue {
        while true {
            if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                defer { received.removeFirst(end + 1) }
                return try JSONValue(parsing: Array(received[..<end]))
            }
            let more = try bytes(from: output)
            if more.isEmpty { throw SimulatorFailure("standard output has ended: \(try errors())") }
            received += more
        }
    }

    /// What is on standard error until the program ends.
    func errors() throws -> String {
        var text: [UInt8] = []
        while true {
            let more = try bytes(from: complaints)
            if more.isEmpty { return String(decoding: text, as: UTF8.self) }
            text += more
        }
    }

    /// Waits for the end; the exit code, or -1 when a signal was the cause.
    func wait() throws -> CInt {
        // The program's standard output ends with it.
        while try !bytes(from: output).isEmpty {}
        var status: CInt = 0
        guard waitpid(pid, &status, 0) == pid, status & 0x7F == 0 else { return -1 }
        return status >> 8 & 0xFF
    }

    /// As `wait`, with the output left unread.
    func waitWithoutReading() throws -> CInt {
        for _ in 0..<2000 {
            var status: CInt = 0
            if waitpid(pid, &status, WNOHANG) == pid { return status & 0x7F == 0 ? status >> 8 & 0xFF : -1 }
            usleep(10_000)
        }
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
        throw SimulatorFailure("the program does not end")
    }

    /// What can be read, empty at the end. A program that keeps a test waiting for 20 s is killed.
    private func bytes(from descriptor: CInt) throws -> [UInt8] {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&wanted, 1, 20_000) > 0 else {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
            throw SimulatorFailure("the program neither writes nor ends")
        }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &buffer, buffer.count)
        return Array(buffer.prefix(max(0, count)))
    }
}
