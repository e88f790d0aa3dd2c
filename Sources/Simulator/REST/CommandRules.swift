import JSON

/// What Discord demands of a slash command's definition (Discord docs, Application Command Structure and Naming).
enum CommandRules {
    /// Checks a command, or an option of one, with everything below it.
    static func check(_ definition: JSONValue, _ path: [String], depth: Int = 0) throws(RESTFailure) {
        guard let name = definition["name"]?.stringValue else { throw .required(path + ["name"]) }
        guard isValid(name) else {
            throw .invalid(path + ["name"], "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
        }
        guard let description = definition["description"]?.stringValue else { throw .required(path + ["description"]) }
        guard (1...100).contains(description.unicodeScalars.count) else {
            throw .invalid(path + ["description"], "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
        }
        let options = definition["options"]?.arrayValue ?? []
        guard options.count <= 25 else { throw .tooLong(path + ["options"], 25) }
        var hasOptional = false
        for (index, option) in options.enumerated() {
            let place = path + ["options", String(index)]
            guard let type = option["type"]?.integerValue else { throw .required(place + ["type"]) }
            // Groups may hold subcommands; subcommands hold no further ones.
            guard (1...11).contains(type), type > 2 || depth == 0 || (depth == 1 && type == 1 && definition["type"]?.integerValue == 2) else {
                throw .unusable(place + ["type"], "Option type \(type) is not allowed here.")
            }
            if option["required"]?.boolValue == true {
                guard !hasOptional else {
                    throw .invalid(place, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options")
                }
            } else {
                hasOptional = true
            }
            let choices = option["choices"]?.arrayValue ?? []
            guard choices.count <= 25 else { throw .tooLong(place + ["choices"], 25) }
            try check(option, place, depth: depth + 1)
        }
    }

    /// `^[-_'\p{L}\p{N}]{1,32}$`, lower case where there is one.
    static func isValid(_ name: String) -> Bool {
        (1...32).contains(name.unicodeScalars.count) && name == name.lowercased()
            && name.unicodeScalars.allSatisfy { "-_'".unicodeScalars.contains($0) || $0.properties.isAlphabetic || $0.properties.numericType != nil }
    }
}
