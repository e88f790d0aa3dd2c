internal import Discord
internal import GatewayProtocol
internal import JSON

/// Why a script's presence is refused.
struct PresenceFault: Error, CustomStringConvertible {
    let description: String
}

extension Presence {
    /// Of the 4096 that Discord takes, IDENTIFY, which tells the presence too, needs the rest.
    private static let scriptBytes = 3000

    /// The presence that `bot.presence` was given: `status`, `activities`, `since`, `afk`.
    init(script value: JSONValue) throws(PresenceFault) {
        var status = Status.online
        if let given = value["status"] {
            guard let known = given.stringValue.flatMap({ Status(rawValue: $0) }) else {
                let names = Status.allCases.map(\.rawValue).joined(separator: ", ")
                throw PresenceFault(description: "unknown status\(given.stringValue.map { " '\($0)'" } ?? ""); one of \(names)")
            }
            status = known
        }
        if let since = value["since"], since.integerValue == nil {
            throw PresenceFault(description: "since must be a time, as a whole number of milliseconds since 1970")
        }
        if let afk = value["afk"], afk.boolValue == nil { throw PresenceFault(description: "afk must be true or false") }
        var activities: [Activity] = []
        for item in value["activities"]?.arrayValue ?? [] { activities.append(try Activity(script: item)) }
        self.init(status: status, activities: activities, since: value["since"]?.integerValue, isAFK: value["afk"]?.boolValue ?? false)
        do throws(CommandError) {
            let size = try GatewayCommand.presenceUpdate(self).encoded(as: .json).count
            guard size > Self.scriptBytes else { return }
        } catch {}  // then it is larger still
        throw PresenceFault(description: "the activities are longer than the \(Self.scriptBytes) bytes that a presence may have; give fewer or shorter ones")
    }
}

extension Activity {
    fileprivate init(script value: JSONValue) throws(PresenceFault) {
        guard let type = value["type"]?.integerValue, let kind = Kind(rawValue: Int(type)) else {
            throw PresenceFault(description: "an activity is { \"watching\", \"the moon\" }, with playing, streaming, listening, watching, custom or competing")
        }
        guard let name = value["name"]?.stringValue else { throw PresenceFault(description: "an activity needs a name") }
        do { try self.init(kind, name: name, state: value["state"]?.stringValue, url: value["url"]?.stringValue) } catch {
            throw PresenceFault(description: "\(error)")
        }
    }
}
