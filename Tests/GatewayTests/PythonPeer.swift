import TestSupport

/// A Python program beside this file, in `Peers`, that serves on a loopback port the kernel chose and tells what it saw. It runs on the
/// system's own interpreter, for which Debian packages `websockets` and `aiohttp`.
///
/// Unchecked: its port never changes, and only a test that has a peer of its own reads what it saw or ends it.
final class PythonPeer: @unchecked Sendable {
    let port: UInt16
    private let process: PeerProcess

    private static let interpreter = "/usr/bin/python3"

    /// Whether both libraries are there.
    static let isAvailable: Bool = {
        let check = try? PeerProcess(interpreter, ["-c", "import aiohttp, websockets; print('yes')"], errorsWithOutput: true)
        return check?.readLine(after: "yes") != nil
    }()

    init(_ script: String, _ arguments: [String], file: String = #filePath) throws {
        let folder = file.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Peers"
        process = try PeerProcess(Self.interpreter, ["-B", "-W", "ignore", "\(folder)/\(script)"] + arguments)
        guard let line = process.readLine(after: "port "), let port = UInt16(line) else {
            throw PeerProcess.CannotStart(program: script, reason: "it printed no port")
        }
        self.port = port
    }

    /// Ends the program at once, as a crash does.
    func kill() { process.kill() }

    /// What the peer saw next; waits for it. `nil` when the peer has ended.
    func observation() -> String? { process.readLine(after: "saw ") }
}
