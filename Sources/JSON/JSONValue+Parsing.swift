extension JSONValue {
    /// Parses a whole text, strictly.
    ///
    /// Integers beyond 64 bits become doubles.
    /// - Throws: the first fault; `.numberOutOfRange` for a number beyond the range of a double.
    package init(parsing bytes: UnsafeRawBufferPointer, maximumDepth: Int = JSONReader.defaultMaximumDepth) throws(JSONError) {
        var reader = JSONReader(bytes, maximumDepth: maximumDepth)
        self = try reader.readValue()
        try reader.finish()
    }

    /// As `init(parsing:maximumDepth:)`.
    package init(parsing bytes: [UInt8]) throws(JSONError) {
        self = try bytes.withUnsafeBufferPointer { bytes throws(JSONError) in try JSONValue(parsing: UnsafeRawBufferPointer(bytes)) }
    }

    /// As `init(parsing:maximumDepth:)`.
    package init(parsing text: String) throws(JSONError) { try self.init(parsing: Array(text.utf8)) }
}

extension JSONReader {
    /// Reads the next value as a tree. Recurses once per nested container, so the depth limit bounds the stack too.
    package mutating func readValue() throws(JSONError) -> JSONValue {
        switch try peek() {
        case .null:
            _ = try readNull()
            return .null
        case .boolean: return .bool(try readBoolean())
        case .string: return .string(try readString())
        case .number:
            let first = offset
            let number = try readNumber()
            if let integer = number.integer { return .integer(integer) }
            guard let double = number.double else { throw JSONError(.numberOutOfRange, at: first) }
            return .double(double)
        case .array:
            var elements: [JSONValue] = []
            try beginArray()
            while try nextElement() { elements.append(try readValue()) }
            return .array(elements)
        case .object:
            var members: [(key: String, value: JSONValue)] = []
            var places: [String: Int] = [:]
            try beginObject()
            while let key = try nextKey() {
                let name = try key.decoded()
                let value = try readValue()
                if let place = places.updateValue(members.count, forKey: name) {
                    members[place].value = value
                    places[name] = place
                } else {
                    members.append((name, value))
                }
            }
            return .object(JSONObject(members))
        }
    }
}
