import Foundation
import TestSupport

/// The real `moonwire` program, run as a user runs it.
final class Moonwire {
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String
    }

    /// A folder that it works in, kept as long as it runs.
    var folder: TemporaryFolder?
    private let process = Process()
    private let input = Pipe()
    private let output = Capture()
    private let errors = Capture()

    /// The folder with the package's executables: the one that this test program lies in.
    static let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Starts it in the package's root with an environment of its own: no token, no proxy, an empty home.
    init(_ arguments: [String], environment: [String: String] = [:], folder: URL = Moonwire.root) throws {
        process.executableURL = Self.products.appendingPathComponent("moonwire")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        var variables = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"]
        variables.merge(environment) { _, new in new }
        process.environment = variables
        process.standardInput = input
        process.standardOutput = output.pipe
        process.standardError = errors.pipe
        output.start()
        errors.start()
        try process.run()
    }

    /// A test that failed leaves nothing behind that holds its output open.
    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// Runs it to its end with `lines` on standard input.
    static func run(_ arguments: [String], input lines: String = "", environment: [String: String] = [:], folder: URL = root) throws -> Outcome {
        let moonwire = try Moonwire(arguments, environment: environment, folder: folder)
        moonwire.type(lines)
        moonwire.endInput()
        return moonwire.wait()
    }

    func type(_ text: String) {
        // A program that has ended already reads nothing.
        try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    }

    func endInput() {
        // Closing twice does no harm.
        try? input.fileHandleForWriting.close()
    }

    /// The processes that it has started, as Linux lists them.
    var children: [pid_t] {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.compactMap { pid_t($0) }.filter { child in
            // One that has ended meanwhile has no file any more.
            let status = (try? String(contentsOfFile: "/proc/\(child)/status", encoding: .utf8)) ?? ""
            return status.contains("\nPPid:\t\(process.processIdentifier)\n")
        }
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits until standard error contains `text` so many times; what it contains at the deadline otherwise.
    func waitForLog(_ text: String, times: Int = 1, seconds: Double = 30) -> String { errors.wait(for: text, times: times, seconds: seconds) }

    /// Waits until standard output contains `text`; what it contains at the deadline otherwise.
    func waitForOutput(_ text: String, seconds: Double = 30) -> String { output.wait(for: text, times: 1, seconds: seconds) }

    func wait() -> Outcome {
        let deadline = Date().addingTimeInterval(60)
        while process.isRunning && Date() < deadline { usleep(10_000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        return Outcome(status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus, output: output.finish(), errors: errors.finish())
    }
}

/// Collects what a program writes while it runs.
final class Capture: @unchecked Sendable {
    // Safe to share: `text` is only touched under `lock`, and the rest never changes.
    let pipe = Pipe()
    private let lock = NSCondition()
    private var text = Data()
    private var isAtEnd = false

    func start() {
        pipe.fileHandleForReading.readabilityHandler = { [self] handle in
            let data = handle.availableData
            lock.withLock {
                if data.isEmpty {
                    isAtEnd = true
                    handle.readabilityHandler = nil
                } else {
                    text.append(data)
                }
                lock.broadcast()
            }
        }
    }

    func wait(for part: String, times: Int, seconds: Double) -> String {
        let deadline = Date().addingTimeInterval(seconds)
        return lock.withLock {
            while String(decoding: text, as: UTF8.self).components(separatedBy: part).count <= times, !isAtEnd, lock.wait(until: deadline) {}
            return String(decoding: text, as: UTF8.self)
        }
    }

    func finish() -> String {
        // A grandchild that holds the pipe must not hold the test.
        let deadline = Date().addingTimeInterval(5)
        return lock.withLock {
            while !isAtEnd, lock.wait(until: deadline) {}
            return String(decoding: text, as: UTF8.self)
        }
    }
}
