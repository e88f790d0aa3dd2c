package import JSON

/// Turns external terms into the JSON that Discord would have sent for them.
package enum ETFTranscoder {
    /// Reads the next term of `reader` into `writer`. Integers that no double holds become decimal strings, as ids are in
    /// JSON; keys become strings. Recurses once per nested term, so the reader's depth limit bounds the stack too.
    package static func transcode(_ reader: inout ETFReader, into writer: inout JSONWriter) throws(ETFError) {
        switch try reader.peek() {
        case .null:
            _ = try reader.readNull()
            writer.null()
        case .boolean(let flag):
            _ = try reader.readBoolean()
            writer.boolean(flag)
        case .text: writer.string(try reader.readText().decoded())
        case .double: writer.double(try reader.readDouble())
        case .integer:
            let first = reader.offset
            let integer = try reader.readInteger()
            guard let digits = integer.decimal else { throw ETFError(.integerOutOfRange, at: first) }
            if integer.isNumber { writer.raw(digits.utf8) } else { writer.string(digits) }
        case .list:
            var list = try reader.beginList()
            writer.beginArray()
            while try reader.nextElement(in: &list) { try transcode(&reader, into: &writer) }
            writer.endArray()
        case .map:
            var map = try reader.beginMap()
            writer.beginObject()
            while let key = try reader.nextKey(in: &map) {
                writer.key(try key.decoded())
                try transcode(&reader, into: &writer)
            }
            writer.endObject()
        }
    }

    /// The JSON text of one whole term, version byte included.
    package static func json(of bytes: UnsafeRawBufferPointer) throws(ETFError) -> [UInt8] {
        var reader = ETFReader(bytes)
        var writer = JSONWriter()
        try reader.readVersion()
        try transcode(&reader, into: &writer)
        try reader.finish()
        return writer.bytes
    }
}
