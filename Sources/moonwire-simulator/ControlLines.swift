import Discord
import JSON
import Simulator

/// Obeys the lines of standard input, numbered from 1.
struct ControlLines {
    enum Outcome { case next, quit }

    let server: SimulatorServer
    private var number = 0

    init(server: SimulatorServer) { self.server = server }

    /// Carries out one line; what goes wrong is told as a line of type `error`.
    mutating func obey(_ line: String) async -> Outcome {
        number += 1
        do throws(SimulatorFailure) {
            let command = try parsed(line)
            guard let command else { return .next }
            if command["type"]?.stringValue == "quit" { return .quit }
            if let action = try action(command) {
                try await server.perform(action, input: number)
            } else {
                try await control(command)
                Output.write(["type": "done", "for": .integer(Int64(number))])
            }
        } catch {
            Output.write(["type": "error", "for": .integer(Int64(number)), "message": .string(error.description)])
        }
        return .next
    }

    /// A line that begins with a brace is JSON, any other is said aloud; `nil` for an empty one.
    private func parsed(_ line: String) throws(SimulatorFailure) -> JSONValue? {
        guard let first = line.first(where: { !$0.isWhitespace }) else { return nil }
        guard first == "{" else { return ["type": "say", "content": .string(line)] }
        do {
            return try JSONValue(parsing: line)
        } catch {
            throw SimulatorFailure("line \(number) is no JSON: \(error)")
        }
    }

    /// What a person does; `nil` when the line is about the simulator itself.
    private func action(_ line: JSONValue) throws(SimulatorFailure) -> PersonAction? {
        let author = line["author"]?.stringValue, channel = line["channel"]?.stringValue
        return switch line["type"]?.stringValue ?? "" {
        case "say": .say(try text("content", line), author: author, channel: channel, replyTo: try id("reply_to", line))
        case "dm": .whisper(try text("content", line), author: author)
        case "edit": .edit(message: try required("message", line), content: try text("content", line))
        case "delete": .delete(message: try required("message", line))
        case "join": .join(name: try text("name", line))
        case "leave": .leave(name: try text("name", line))
        case "type": .type(author: author, channel: channel)
        case "react": .react(try text("emoji", line), message: try id("message", line), author: author, channel: channel)
        case "unreact": .unreact(try text("emoji", line), message: try required("message", line), author: author)
        case "status": .presence(status: try text("status", line), author: author)
        case "command":
            .command(try text("name", line), options: line["options"]?.objectValue ?? JSONObject(), author: author, channel: channel)
        case "press":
            .press(
                try text("custom_id", line), values: (line["values"]?.arrayValue ?? []).compactMap(\.stringValue),
                message: try id("message", line), author: author, channel: channel)
        case "submit":
            .submit(try text("custom_id", line), fields: line["fields"]?.objectValue ?? JSONObject(), author: author, channel: channel)
        default: nil
        }
    }

    /// Faults and floods.
    private func control(_ line: JSONValue) async throws(SimulatorFailure) {
        let shard = line["shard"]?.integerValue.map { Int($0) }
        let events = Int(line["after"]?.integerValue ?? 0)
        let fault: Fault
        switch line["type"]?.stringValue ?? "" {
        case "cut": fault = .cut
        case "reset": fault = .reset
        case "tear": fault = .tear
        case "corrupt": fault = .corrupt
        case "reconnect": fault = .reconnect
        case "heartbeat": fault = .requestHeartbeat
        case "forget": fault = .forgetSessions
        case "invalidate": fault = .invalidSession(resumable: line["resumable"]?.boolValue ?? false)
        case "close":
            guard let code = line["code"]?.integerValue.flatMap({ UInt16(exactly: $0) }) else { throw SimulatorFailure("\"close\" needs a code") }
            fault = .close(code: code, reason: line["reason"]?.stringValue ?? "")
        case "flood":
            return try await server.flood(count: Int(max(0, line["count"]?.integerValue ?? 1000)), seed: UInt64(max(0, line["seed"]?.integerValue ?? 1)))
        case let type: throw SimulatorFailure("line \(number): unknown type \"\(type)\"")
        }
        try await server.inflict(fault, shard: shard, after: events)
    }

    private func text(_ name: String, _ line: JSONValue) throws(SimulatorFailure) -> String {
        guard let text = line[name]?.stringValue else { throw SimulatorFailure("line \(number): \"\(name)\" must be a string") }
        return text
    }

    private func id(_ name: String, _ line: JSONValue) throws(SimulatorFailure) -> Snowflake? {
        guard let value = line[name], !value.isNull else { return nil }
        guard let id = value.stringValue.flatMap({ Snowflake($0) }) else { throw SimulatorFailure("line \(number): \"\(name)\" must be an id") }
        return id
    }

    private func required(_ name: String, _ line: JSONValue) throws(SimulatorFailure) -> Snowflake {
        guard let id = try id(name, line) else { throw SimulatorFailure("line \(number): \"\(name)\" is missing") }
        return id
    }
}
