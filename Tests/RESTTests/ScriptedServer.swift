import JSON
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A Python program with a pipe at each end: it says in one line of JSON where it listens, and, when its input ends, what it saw.
final class ScriptedServer {
    let port: Int
    /// PEM file of the authority it made for itself.
    let authority: String?
    private let process: pid_t
    private let input: CInt
    private let output: CInt
    private var isFinished = false

    /// One at a time: between making a pipe and marking it, another child would inherit it, and then an input would never end.
    private static let spawning = Mutex(())

    struct Failure: Error { var message: String }

    /// Starts `program`, a file beside this one, with `script` as its argument.
    init(_ script: JSONValue, program: String = "server.py", file: String = #filePath) throws {
        let path = file.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/\(program)"
        (process, input, output) = try Self.spawning.withLock { _ in
            try Self.spawn(["python3", path, String(decoding: script.serialized, as: UTF8.self)])
        }
        let greeting = try JSONValue(parsing: Self.readLine(from: output))
        guard let port = greeting["port"]?.integerValue else { throw Failure(message: "\(program) did not start") }
        self.port = Int(port)
        authority = greeting["authority"]?.stringValue
    }

    /// Starts a program with a pipe to its input and one from its output.
    private static func spawn(_ words: [String]) throws(Failure) -> (process: pid_t, input: CInt, output: CInt) {
        var toChild: [CInt] = [0, 0]
        var fromChild: [CInt] = [0, 0]
        guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else { throw Failure(message: "pipe: \(String(cString: strerror(errno)))") }
        for descriptor in toChild + fromChild { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, words[0], &actions, nil, arguments, environ)
        close(toChild[0])
        close(fromChild[1])
        guard code == 0 else { throw Failure(message: "\(words[0]): \(String(cString: strerror(code)))") }
        return (process, toChild[1], fromChild[0])
    }

    /// Ends the program and returns what it saw. Call it once.
    func finish() throws -> Record {
        isFinished = true
        close(input)
        defer {
            close(output)
            var status: CInt = 0
            waitpid(process, &status, 0)
        }
        return Record(value: try JSONValue(parsing: Self.readLine(from: output)))
    }

    deinit {
        // The record of a server that a failed test leaves behind is of no use.
        if !isFinished { _ = try? finish() }
    }

    struct Record: Sendable {
        let value: JSONValue
        var requests: [JSONValue] { value["requests"]?.arrayValue ?? [] }
        var connections: Int { Int(value["connections"]?.integerValue ?? -1) }
        /// 429s that the server's own counting gave.
        var refused: Int { Int(value["refused"]?.integerValue ?? -1) }
        /// `METHOD path` of each request in the order of arrival.
        var lines: [String] { requests.map { "\($0["method"]?.stringValue ?? "") \($0["path"]?.stringValue ?? "")" } }
        func header(_ name: String, of index: Int) -> String? { requests[index]["headers"]?[name]?.stringValue }
    }

    private static func readLine(from descriptor: CInt) -> [UInt8] {
        var line: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while line.last != UInt8(ascii: "\n") {
            let count = read(descriptor, &chunk, chunk.count)
            if count <= 0 { break }
            line += chunk[..<count]
        }
        return line
    }
}
