internal import Configuration
internal import Discord
internal import LuaEngine
internal import Logging
internal import Reactor

/// What scripts call.
extension PackGeneration {
    func call(_ function: LuaFunctionID, _ call: inout LuaCall) -> LuaOutcome {
        guard let function = HostFunction(rawValue: function) else { return call.raise("no such host function") }
        switch function {
        case .on: return on(&call)
        case .onUnload: return onUnload(&call)
        case .waitFor: return waitFor(&call)
        case .spawn: return spawn(&call)
        case .cancelTask: return cancelTask(&call)
        case .park: return park(&call)
        case .unpark: return unpark(&call)
        case .parked: return parked(&call)
        case .raise: return raise(&call)
        case .fail: return fail(&call)
        case .carry: return carry(&call)
        case .rest: return rest(&call)
        case .nonce:
            call.results.append(nonces.next())
            return .returned
        case .presence: return presence(&call)
        case .requestMembers: return requestMembers(&call)
        case .shards: return shards(&call)
        case .timer: return timer(&call)
        case .cancelTimer: return cancelTimer(&call)
        case .sleep: return sleep(&call)
        case .delay: return delay(&call, 1) == nil ? .raised : .returned
        case .log: return log(&call)
        case .memory:
            call.results.append(state.statistics.memory)
            return .returned
        case .jsonEncode: return jsonEncode(&call)
        case .jsonDecode: return jsonDecode(&call)
        case .method: return declare(&call, isProperty: false)
        case .property: return declare(&call, isProperty: true)
        }
    }

    func module(_ name: String, from position: LuaPosition?) -> LuaModule {
        if name == "bot", let bot = module.value { return .value(bot) }
        if name.contains("/") { return .refused("'\(name.prefix(100))' is no module name; its parts stand between dots, as in require \"lib.util\"") }
        do throws(ConfigurationError) {
            if let chunk = try folder.chunk(requiring: name, limit: limits.sourceKilobytes << 10) {
                if folder.isFile { files.insert(chunk.path) }
                return .source(chunk.source, chunk: chunk.name)
            }
        } catch {
            return .refused(error.description)
        }
        let path = name.split(separator: ".").joined(separator: "/")
        return .missing(searched: ["\(folder.name)/\(path).lua", "\(folder.name)/\(path)/init.lua"])
    }

    func print(_ line: UnsafeRawBufferPointer, from position: LuaPosition?) {
        log.write(.info, line: LogLine(line))
    }

    func overran(cpu: Duration, at position: LuaPosition?) {
        let milliseconds = cpu.components.seconds * 1000 + cpu.components.attoseconds / 1_000_000_000_000_000
        log.write(
            .warning,
            "a handler has run for \(milliseconds) ms without waiting\(position.map { " (at \($0))" } ?? ""); other events wait meanwhile")
    }

    // MARK: Declarations of objects.lua

    private func declare(_ call: inout LuaCall, isProperty: Bool) -> LuaOutcome {
        guard let prototype = call.arguments.string(1).flatMap(Prototype.init(name:)), let name = call.arguments.string(2),
            let value = call.arguments.reference(3)
        else { return call.raise("a declaration names a prototype, a field and a function") }
        members.append((prototype, name, value, isProperty))
        return .returned
    }

    /// host.on_unload(function)
    private func onUnload(_ call: inout LuaCall) -> LuaOutcome {
        guard let hook = call.arguments.reference(1) else { return call.badArgument(1, expected: "function") }
        guard phase != .draining && phase != .closed else { return call.raise("this pack is being unloaded") }
        guard handlerCount < limits.handlers else { return call.stop("stopped: more than \(limits.handlers) handlers") }
        handlerCount += 1
        unloadHooks.append(hook)
        return .returned
    }

    // MARK: Log and JSON

    private func log(_ call: inout LuaCall) -> LuaOutcome {
        guard let level = call.arguments.string(1).flatMap(Logger.Level.init(rawValue:)) else { return call.badArgument(1, expected: "level") }
        let arguments = call.arguments
        guard !log.write(level, line: line(of: arguments)), flood.note(call.run) > limits.logLinesPerMinute else { return .returned }
        return call.stop("stopped: more than \(limits.logLinesPerMinute) log lines too many in one run")
    }

    /// The values behind the level, joined by spaces.
    private func line(of arguments: LuaArguments) -> LogLine {
        var line = LogLine()
        for index in 2..<max(2, arguments.count + 1) {
            if index > 2 { line.append(" ") }
            append(arguments, index, to: &line)
        }
        return line
    }

    /// Adds a value as a log line shows it; tables as JSON.
    private func append(_ arguments: LuaArguments, _ index: Int, to line: inout LogLine) {
        switch arguments.type(index) {
        case .string: _ = arguments.withBytes(index) { line.append($0) }
        case .boolean: line.append(arguments.isTrue(index) ? "true" : "false")
        case .number:
            if let integer = arguments.integer(index) {
                line.append(String(integer))
            } else if let number = arguments.number(index) {
                line.append(String(number))
            }
        // Text that nobody would see is not worth making.
        case .table where line.isFull: break
        case .table:
            do throws(LuaEncodeFailure) {
                try arguments.withJSON(index, functions: .omitted) { line.append($0) }
            } catch { line.append("table") }
        case .none, .nil: line.append("nil")
        default: line.append(String(describing: arguments.type(index)))
        }
    }

    private func jsonEncode(_ call: inout LuaCall) -> LuaOutcome {
        guard call.arguments.count >= 1 else { return call.badArgument(1, expected: "value") }
        var json: [UInt8] = []
        do throws(LuaEncodeFailure) { json = try call.arguments.withJSON(1) { Array($0) } } catch { return call.raise("\(error)") }
        json.withUnsafeBytes { call.results.append($0) }
        return .returned
    }

    private func jsonDecode(_ call: inout LuaCall) -> LuaOutcome {
        let decoded: Void? = call.arguments.withBytes(1) { call.results.append(LuaPayload($0, nulls: .kept)) }
        return decoded == nil ? call.badArgument(1, expected: "string") : .returned
    }
}
