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
        #expect(program.wait() == 0)
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
        #expect(program.wait() == 0)
        #expect(access(file, F_OK) != 0)
        #expect(access(String(file.dropLast("/ca.pem".count)), F_OK) != 0)
    }

    enum Ending: Sendable { case endOfInput, quit, signal(CInt) }

    @Test("a port that is taken: one line on standard error and code 1")
    func takenPort() throws {
        let first = try Program(["--plain"])
        let port = try #require(try first.line()["api_url"]?.stringValue?.split(separator: ":").last?.split(separator: "/").first)
        let second = try Program(["--plain", "--port", String(port)])
        #expect(second.wait() == 1)
        let complaint = second.errors()
        #expect(complaint.hasPrefix("moonwire-simulator: cannot listen on port \(port)"))
        #expect(complaint.split(separator: "\n").count == 1)
        first.closeInput()
        #expect(first.wait() == 0)
    }
}

/// The program as a child process with pipes.
final class Program {
    private let pid: pid_t
    private let input: CInt
    private let output: UnsafeMutablePointer<FILE>
    private let complaints: UnsafeMutablePointer<FILE>
    private var hasInput = true

    init(_ arguments: [String]) throws {
        // The products lie beside the bundle of the tests.
        let bundle = CommandLine.arguments[0]
        let path = String(bundle[..<(bundle.lastIndex(of: "/") ?? bundle.startIndex)]) + "/moonwire-simulator"
        var pipes: [[CInt]] = []
        for _ in 0..<3 {
            var ends: [CInt] = [0, 0]
            guard pipe(&ends) == 0 else { throw SimulatorFailure("no pipe") }
            // Not inherited by other programs that tests start meanwhile: they would hold the pipe open.
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            pipes.append(ends)
        }
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
        guard let output = fdopen(pipes[1][0], "r"), let complaints = fdopen(pipes[2][0], "r") else { throw SimulatorFailure("no stream") }
        self.output = output
        self.complaints = complaints
    }

    deinit {
        closeInput()
        fclose(output)
        fclose(complaints)
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
        guard let text = Program.line(from: output) else { throw SimulatorFailure("the output has ended; \(errors())") }
        return try JSONValue(parsing: text)
    }

    /// What is on standard error when the program has ended.
    func errors() -> String {
        var text = ""
        while let line = Program.line(from: complaints) { text += line }
        return text
    }

    /// The exit code.
    func wait() -> CInt {
        var status: CInt = 0
        guard waitpid(pid, &status, 0) == pid, status & 0x7F == 0 else { return -1 }
        return status >> 8 & 0xFF
    }

    private static func line(from stream: UnsafeMutablePointer<FILE>) -> String? {
        var buffer: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(buffer) }
        guard getline(&buffer, &capacity, stream) > 0, let buffer else { return nil }
        return String(cString: buffer)
    }
}
