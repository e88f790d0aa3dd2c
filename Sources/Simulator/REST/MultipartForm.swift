import JSON

/// A `multipart/form-data` body (RFC 7578): the JSON part and the files of a Discord request.
struct MultipartForm {
    struct File: Equatable {
        /// `n` of the part's name `files[n]`.
        let index: UInt64
        let name: String
        let contentType: String?
        let size: Int
    }

    private(set) var payload: JSONValue = [:]
    private(set) var files: [File] = []

    /// - Throws: code 50035 for a broken body, 50109 for broken JSON in it.
    init(_ body: [UInt8], contentType: String) throws(RESTFailure) {
        guard let boundary = MultipartForm.parameter("boundary", in: contentType) else { throw MultipartForm.broken }
        let delimiter = Array("\r\n--\(boundary)".utf8)
        // The first delimiter may stand at the very beginning.
        var rest = (Array("\r\n".utf8) + body)[...]
        guard MultipartForm.takePart(&rest, delimiter) != nil else { throw MultipartForm.broken }
        while !rest.starts(with: "--".utf8) {
            guard let part = MultipartForm.takePart(&rest, delimiter) else { throw MultipartForm.broken }
            try add(part)
        }
    }

    private static let broken = RESTFailure.invalid(["_root"], "MULTIPART_INVALID", "The multipart body is malformed")

    /// Takes the bytes up to the next delimiter, and the delimiter.
    private static func takePart(_ rest: inout ArraySlice<UInt8>, _ delimiter: [UInt8]) -> ArraySlice<UInt8>? {
        var start = rest.startIndex
        while let index = rest[start...].firstIndex(of: delimiter[0]) {
            if rest[index...].starts(with: delimiter) {
                defer { rest = rest[(index + delimiter.count)...] }
                return rest[..<index]
            }
            start = index + 1
        }
        return nil
    }

    private mutating func add(_ part: ArraySlice<UInt8>) throws(RESTFailure) {
        // Every part begins with the line end after its delimiter; an empty line ends the header.
        var rest = part.dropFirst(2)
        var headers: [String: String] = [:]
        while let end = rest.firstIndex(of: 13), end > rest.startIndex {
            let line = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
            rest = rest[min(end + 2, rest.endIndex)...]
            guard let colon = line.firstIndex(of: ":") else { throw MultipartForm.broken }
            headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        let content = rest.dropFirst(2)
        guard let disposition = headers["content-disposition"], let name = MultipartForm.parameter("name", in: disposition) else {
            throw MultipartForm.broken
        }
        if name == "payload_json" {
            do { payload = try JSONValue(parsing: Array(content)) } catch { throw .invalidJSON }
        } else if name.hasPrefix("files["), let index = UInt64(name.dropFirst(6).dropLast()) {
            let filename = MultipartForm.parameter("filename", in: disposition) ?? "unknown"
            files.append(File(index: index, name: filename, contentType: headers["content-type"], size: content.count))
        }
    }

    /// The value of `name="…"` or `name=…` in a header field.
    private static func parameter(_ name: String, in field: String) -> String? {
        for piece in field.split(separator: ";").dropFirst() {
            let pair = piece.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, pair[0].drop(while: { $0 == " " }) == name else { continue }
            let value = pair[1]
            return value.hasPrefix("\"") && value.hasSuffix("\"") ? String(value.dropFirst().dropLast()) : String(value)
        }
        return nil
    }
}
