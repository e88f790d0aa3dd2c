import JSON
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A server in a Python program that is told in JSON what to serve, and tells what it saw. All servers of one program share a process.
struct ScriptedServer {
    let port: Int
    /// PEM file of the authority that the program made for itself; `nil` for a server without TLS.
    let authority: String?
    private let program: String
    private let number: Int64

    struct Failure: Error { var message: String }

    /// Starts a server that follows `script` in `program`, a file beside this one.
    init(_ script: JSONValue, program: String) throws {
        let greeting = try Self.ask(program, ["start": script])
        guard let number = greeting["number"]?.integerValue, let port = greeting["port"]?.integerValue else {
            throw Failure(message: "\(program) did not start: \(greeting)")
        }
        self.number = number
        self.program = program
        self.port = Int(port)
        authority = greeting["authority"]?.stringValue
    }

    /// What the server saw up to now.
    func record() throws -> Record { Record(value: try Self.ask(program, ["finish": .integer(number)])) }

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
}

// MARK: - The programs

extension ScriptedServer {
    /// The pipes of a running program. It ends with this process, when its input does.
    private struct Program {
        var input: CInt
        var output: CInt
    }

    private static let programs = Mutex<[String: Program]>([:])

    private static func ask(_ name: String, _ question: JSONValue) throws -> JSONValue {
        try programs.withLock { programs in
            let program = try programs[name] ?? start(name)
            programs[name] = program
            let line = question.serialized + [UInt8(ascii: "\n")]
            guard write(program.input, line, line.count) == line.count else { throw Failure(message: "\(name) has ended") }
            var answer: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 65536)
            while answer.last != UInt8(ascii: "\n") {
                let count = read(program.output, &chunk, chunk.count)
                guard count > 0 else { throw Failure(message: "\(name) has ended") }
                answer += chunk[..<count]
            }
            return try JSONValue(parsing: answer)
        }
    }

    private static func start(_ name: String, file: String = #filePath) throws(Failure) -> Program {
        let path = file.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/\(name)"
        var toChild: [CInt] = [0, 0]
        var fromChild: [CInt] = [0, 0]
        guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else { throw Failure(message: "pipe: \(String(cString: strerror(errno)))") }
        for descriptor in toChild + fromChild { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        let words: [String] = ["python3", "-B", path]
        let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, "python3", &actions, nil, arguments, environ)
        close(toChild[0])
        close(fromChild[1])
        guard code == 0 else { throw Failure(message: "python3: \(String(cString: strerror(code)))") }
        return Program(input: toChild[1], output: fromChild[0])
    }
}
