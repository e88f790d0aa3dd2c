internal import JSON
package import Reactor
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The simulator as a child process: started, spoken to in JSON lines, and ended with us.
package final class SimulatorProcess: ReadinessHandler {
    /// What the simulator announces when it is ready.
    package struct Endpoints: Sendable {
        package let apiURL: String
        package let gatewayURL: String
        package let caFile: String
        /// A token that only this simulator knows.
        package let token: String
        /// Who speaks when a line is typed.
        package let userName: String
    }

    package let endpoints: Endpoints
    private let process: pid_t
    private var input: CInt
    private let output: CInt
    private var lines: LineBuffer
    private var registration: Registration?
    private weak var reactor: Reactor?
    private var received: ((JSONValue?) -> Void)?

    /// Starts `executable` and waits until it is ready, at most 20 seconds.
    ///
    /// - Throws: `.failure` naming the executable and what happened instead.
    package init(executable: String) throws(BotFailure) {
        (process, input, output) = try Self.spawn(executable)
        lines = LineBuffer()
        do throws(BotFailure) {
            endpoints = try Self.announcement(from: output, into: &lines, executable)
        } catch {
            close(input)
            close(output)
            kill(process, SIGTERM)
            var status: CInt = 0
            waitpid(process, &status, 0)
            throw error
        }
    }

    private static func spawn(_ executable: String) throws(BotFailure) -> (pid_t, CInt, CInt) {
        var toChild: [CInt] = [-1, -1]
        var fromChild: [CInt] = [-1, -1]
        guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else {
            throw BotFailure(.failure, "no descriptors left for the simulator: \(String(cString: strerror(errno)))")
        }
        for descriptor in toChild + fromChild { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toChild[0], STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], STDOUT_FILENO)
        // A group of its own: Ctrl-C in the terminal is for the bot, which then ends the simulator.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))

        var process = pid_t()
        let name = strdup(executable)
        defer { free(name) }
        var arguments = [name, nil]
        let code = posix_spawn(&process, executable, &actions, &attributes, &arguments, environ)
        close(toChild[0])
        close(fromChild[1])
        guard code == 0 else {
            close(toChild[1])
            close(fromChild[0])
            throw BotFailure(
                .failure,
                "the simulator \(executable) cannot be started: \(String(cString: strerror(code))); build it with: swift build --product moonwire-simulator")
        }
        return (process, toChild[1], fromChild[0])
    }

    private static func announcement(from output: CInt, into lines: inout LineBuffer, _ executable: String) throws(BotFailure) -> Endpoints {
        var waiting = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            if let line = lines.next() {
                // A line that is not JSON is answered below like any other wrong announcement.
                guard let value = try? JSONValue(parsing: line), let endpoints = Endpoints(value) else {
                    throw BotFailure(.failure, "\(executable) is not the simulator of this version; build both products again")
                }
                return endpoints
            }
            guard poll(&waiting, 1, 20_000) > 0 else { throw BotFailure(.failure, "the simulator was not ready within 20 seconds") }
            let count = read(output, &chunk, chunk.count)
            guard count > 0 else { throw BotFailure(.failure, "the simulator ended before it was ready; its own message stands above") }
            chunk.withUnsafeBytes { lines.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }

    /// Hands what the simulator reports to `received` from now on, and `nil` when it has ended.
    func attach(to reactor: Reactor, received: @escaping (JSONValue?) -> Void) throws(IOFailure) {
        self.reactor = reactor
        self.received = received
        _ = fcntl(output, F_SETFL, O_NONBLOCK)
        registration = try reactor.register(output, for: .readable, handler: self)
        // What came behind the announcement lies in the buffer already.
        reactor.nextTurn { [weak self] in self?.deliverLines() }
    }

    package func ready(_ readiness: Readiness) {
        guard let reactor else { return }
        let count = read(output, reactor.readBuffer.baseAddress, reactor.readBuffer.count)
        if count > 0 {
            lines.append(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(reactor.readBuffer)[..<count]))
            deliverLines()
        } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
            if let registration = registration.take() { reactor.unregister(registration) }
            received.take()?(nil)
        }
    }

    private func deliverLines() {
        while let line = lines.next() {
            // The simulator is ours and writes JSON only; what it prints besides is of no consequence.
            if let value = try? JSONValue(parsing: line) { received?(value) }
        }
    }

    /// Tells the simulator something, such as `{"type":"say","content":"!ping"}`.
    func send(_ command: JSONValue) {
        guard input >= 0 else { return }
        let line = command.serialized + [UInt8(ascii: "\n")]
        var sent = 0
        while sent < line.count {
            let count = line.withUnsafeBytes { write(input, $0.baseAddress! + sent, $0.count - sent) }
            guard count > 0 || errno == EINTR else { return }  // the simulator has gone; `received(nil)` tells
            sent += max(0, count)
        }
    }

    /// Ends the simulator and waits for it; a simulator that does not end within two seconds is killed. `received` gets what it still reports.
    ///
    /// For after the reactor has run. Idempotent.
    func stop(received: (JSONValue) -> Void = { _ in }) {
        guard input >= 0 else { return }
        close(input)
        input = -1
        var waiting = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        var chunk = [UInt8](repeating: 0, count: 4096)
        while poll(&waiting, 1, 2000) > 0, case let count = read(output, &chunk, chunk.count), count > 0 {
            chunk.withUnsafeBytes { lines.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
        while let line = lines.next() {
            if let value = try? JSONValue(parsing: line) { received(value) }  // it writes JSON only
        }
        close(output)
        var status: CInt = 0
        for _ in 0..<200 {
            guard waitpid(process, &status, WNOHANG) == 0 else { return }
            usleep(10_000)
        }
        kill(process, SIGKILL)
        waitpid(process, &status, 0)
    }
}

@available(*, unavailable)
extension SimulatorProcess: Sendable {}

extension SimulatorProcess.Endpoints {
    fileprivate init?(_ value: JSONValue) {
        guard let apiURL = value["api_url"]?.stringValue, let gatewayURL = value["gateway_url"]?.stringValue,
            let caFile = value["ca_file"]?.stringValue, let token = value["token"]?.stringValue
        else { return nil }
        (self.apiURL, self.gatewayURL, self.caFile, self.token) = (apiURL, gatewayURL, caFile, token)
        userName = value["user"]?.stringValue ?? "you"
    }
}
