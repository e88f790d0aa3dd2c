internal import Configuration
internal import LuaEngine
internal import Logging

/// What `bot.carry` hands from one generation to the next.
extension PackGeneration {
    /// host.carry(name) → what the generation before had under this name, or nothing
    func carry(_ call: inout LuaCall) -> LuaOutcome {
        guard let name = call.arguments.string(1) else { return call.badArgument(1, expected: "name") }
        // Asked for now and not when the reload began: a main chunk that has waited still gets the newest.
        if let text = inherited(name) {
            text.withUnsafeBytes { call.results.append(LuaPayload($0, nulls: .kept, form: .eager)) }
        }
        return .returned
    }

    /// The table that a script keeps under `name` as JSON; `nil`, with the reason in the log, when there is none or it cannot be handed over.
    func frozen(_ name: String) -> [UInt8]? {
        guard phase == .serving || phase == .suspended, let freeze = module.freeze else { return nil }
        let title = name.isEmpty ? "bot.carry" : "bot.carry \"\(name)\""
        switch state.call(freeze, { $0.append(name) }) {
        case .finished:
            guard let returned = state.returned, let text = returned.withBytes(1, { Array($0) }) else { return nil }
            guard text.count <= limits.carryKilobytes << 10 else {
                log.host.warning("\(title) begins afresh: \(text.count >> 10) KiB are more than the \(limits.carryKilobytes) that may be carried over")
                return nil
            }
            return text
        case .failed(let failure):
            log.host.warning("\(title) begins afresh: \(failure.message)")
            return nil
        case .waiting, .stale:
            return nil
        }
    }
}
