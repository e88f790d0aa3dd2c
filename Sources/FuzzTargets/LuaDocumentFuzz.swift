import GatewayProtocol
import JSON
import LuaEngine

/// The first byte chooses what becomes of nulls.
func fuzzLuaJSON(_ bytes: UnsafeRawBufferPointer) {
    guard let choice = bytes.first else { return }
    let body = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
    let reference = ifReadable { try JSONValue(parsing: body, maximumDepth: deepest) }
    let isDistinct = hasDistinctKeys(body, .json)
    check(body, .json, nulls: choice & 1 == 0 ? .absent : .kept, reference: isDistinct ? reference : nil)
    if isDistinct, let ours = dumped(body) {
        // lua-cjson refuses lone surrogates, and is not everywhere.
        let theirs = StockLua.run("local decode = require('cjson').decode local dump = \(dump) return dump(decode(...))", body)
        promise(theirs == nil || theirs == ours, "lua-cjson makes other tables: \(theirs ?? ""), not \(ours)")
    }
}

/// The first byte chooses what becomes of nulls.
func fuzzLuaETF(_ bytes: UnsafeRawBufferPointer) {
    guard let choice = bytes.first else { return }
    let body = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
    let json = ifReadable { try ETFTranscoder.json(of: body) }
    // Letters of Latin-1 may be those of an old atom: to scripts these are bytes, which no JSON can hold.
    let isComparable = json.map { json in !json.contains { $0 == 0xC2 || $0 == 0xC3 } && hasDistinctKeys(body, .etf) } ?? false
    let reference = isComparable ? json.flatMap { json in ifReadable { try JSONValue(parsing: json) } } : nil
    check(body, .etf, nulls: choice & 1 == 0 ? .absent : .kept, reference: reference)
}

/// Returns what it is given, after it has read some fields that documents have.
private let reader = """
    function(m)
      local function read(t, depth)
        if type(t) ~= 'table' or depth == 0 then return end
        for _, key in ipairs {'id', 'content', 'author', 'user', 'a', 'd', 'o', ''} do read(t[key], depth - 1) end
      end
      pcall(read, m, 3)
      return m
    end
    """

/// What the encoder of scripts' values allows.
private let deepest = 100

private func check(_ body: UnsafeRawBufferPointer, _ encoding: LuaPayload.Encoding, nulls: LuaPayload.Nulls, reference: JSONValue?) {
    let host = FuzzHost()
    let state = host.state(keeping: reader)
    defer { state.close() }
    /// The document decoded and encoded again; `nil` when one of it is refused.
    func again(_ payload: LuaPayload) -> [UInt8]? {
        host.called(state, payload).flatMap { values in
            do throws(LuaEncodeFailure) { return try values.withJSON(1) { Array($0) } } catch { return nil }
        }
    }
    let eager = again(LuaPayload(body, encoding: encoding, nulls: nulls, form: .eager))
    let lazy = again(LuaPayload(body, encoding: encoding, nulls: nulls, form: .lazy))
    promise((eager == nil) == (lazy == nil), "one form of a document was refused, the other was not")
    // Once a handler has read some fields of several documents, the next ones are decoded together with these.
    for _ in 0..<8 { _ = host.called(state, LuaPayload(body, encoding: encoding, prototype: FuzzHost.thing, nulls: nulls, form: .lazy)) }
    let usual = again(LuaPayload(body, encoding: encoding, prototype: FuzzHost.thing, nulls: nulls, form: .lazy))
    promise((eager == nil) == (usual == nil), "a document was refused for what is usually read of it, or the other way round")
    if let reference {
        guard let eager else {
            promise(depth(reference) > deepest, "a document was refused that another reader accepts")
            return
        }
        promise(parsed(eager) == reference.asScriptsSee(nulls: nulls == .kept), "another reader makes other tables")
    }
    guard let eager, let lazy, let usual else { return }
    promise(parsed(eager) == parsed(lazy), "the forms of a document differ")
    promise(parsed(eager) == parsed(usual), "a document differs by what is usually read of it")
    let twice = eager.withUnsafeBytes { again(LuaPayload($0, nulls: .kept, form: .eager)) }
    promise(twice.map(parsed) == parsed(eager), "what was encoded does not decode to the same")
}

private func parsed(_ json: [UInt8]) -> JSONValue {
    do throws(JSONError) { return try JSONValue(parsing: json).asScriptsSee(nulls: true) } catch {
        broken("what was encoded does not parse: \(error)")
    }
}

private func depth(_ value: JSONValue) -> Int {
    switch value {
    case .array(let elements): 1 + (elements.map(depth).max() ?? 0)
    case .object(let object): 1 + (object.members.map { depth($0.value) }.max() ?? 0)
    default: 0
    }
}

/// A function that writes any document as a text that says all about it.
private let dump = """
    (function()
      local function dump(v)
        if type(v) == 'number' then return v == 0 and '0' or ('%.17g'):format(v) end
        if type(v) == 'string' then return ('%q'):format(v) end
        if type(v) ~= 'table' then return type(v) == 'userdata' and 'null' or tostring(v) end
        local t = {}
        for k, x in pairs(v) do t[#t + 1] = '[' .. dump(k) .. ']=' .. dump(x) end
        table.sort(t)
        return '{' .. table.concat(t, ',') .. '}'
      end
      return dump
    end)()
    """

private func dumped(_ body: UnsafeRawBufferPointer) -> String? {
    let host = FuzzHost()
    let state = host.state(keeping: dump)
    defer { state.close() }
    return host.called(state, LuaPayload(body, nulls: .kept))?.string(1)
}
