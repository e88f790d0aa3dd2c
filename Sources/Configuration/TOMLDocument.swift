internal import CTOML

/// A TOML 1.0 document as a flat list of values in document order; the only file that touches toml++.
struct TOMLDocument {
    enum Value: Equatable {
        case string(String), integer(Int64), double(Double), boolean(Bool), dateTime, table, array
    }

    struct Entry: Equatable {
        /// Dotted key, `[index]` for an array's element: `discord.intents[0]`.
        let path: String
        let value: Value
        /// 1-based.
        let line, column: Int
    }

    private(set) var entries: [Entry] = []

    /// - Throws: `ConfigurationError` with `file`, line and the parser's own words.
    init(parsing text: [UInt8], file: String) throws(ConfigurationError) {
        var failure = ctoml_error()
        let parsed = withUnsafeMutablePointer(to: &entries) { entries in
            text.withUnsafeBytes { bytes in
                // The visitor runs only inside this call, while `entries` is borrowed exclusively.
                ctoml_parse(bytes.bindMemory(to: CChar.self).baseAddress, bytes.count, { context, path, value in
                    guard let context, let path, let value else { return }
                    context.assumingMemoryBound(to: [Entry].self).pointee.append(Entry(path: String(cString: path), value: value.pointee))
                }, entries, &failure)
            }
        }
        guard parsed else {
            let message = withUnsafeBytes(of: failure.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            throw ConfigurationError(file: file, line: Int(failure.line), "not valid TOML: \(message)")
        }
        // toml++ keeps a table's keys by name, and a person mends a file from its beginning.
        entries.sort { ($0.line, $0.column) < ($1.line, $1.column) }
    }
}

extension TOMLDocument.Entry {
    fileprivate init(path: String, value: ctoml_value) {
        self.path = path
        (line, column) = (Int(value.line), Int(value.column))
        self.value = switch value.kind {
        case CTOML_STRING:
            .string(String(decoding: UnsafeRawBufferPointer(start: value.string, count: value.length), as: UTF8.self))
        case CTOML_INTEGER: .integer(value.integer)
        case CTOML_FLOAT: .double(value.number)
        case CTOML_BOOLEAN: .boolean(value.boolean)
        case CTOML_TABLE: .table
        case CTOML_ARRAY: .array
        default: .dateTime
        }
    }
}
