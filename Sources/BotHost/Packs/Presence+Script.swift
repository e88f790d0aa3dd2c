internal import Discord
internal import JSON

/// Why a script's presence is refused.
struct PresenceFault: Error, CustomStringConvertible {
    let description: String
}

extension Presence {
    /// The presence that `bot.presence` was given: `status`, `activities`, `since`, `afk`.
    init(script value: JSONValue) throws(PresenceFault) {
        var status = Status.online
        if let text = value["status"]?.stringValue {
            guard let known = Status(rawValue: text) else {
                throw PresenceFault(description: "unknown status '\(text)'; one of \(Status.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            status = known
        }
        var activities: [Activity] = []
        for item in value["activities"]?.arrayValue ?? [] { activities.append(try Activity(script: item)) }
        self.init(status: status, activities: activities, since: value["since"]?.integerValue, isAFK: value["afk"]?.boolValue ?? false)
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
