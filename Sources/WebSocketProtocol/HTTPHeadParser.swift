/// Reads one HTTP/1.1 head out of bytes cut anywhere, within limits, and leaves what follows the empty line in the input.
struct HTTPHeadParser {
    /// What one peer may send before the empty line.
    struct Limits: Sendable {
        /// Bytes of one line, CR LF included.
        var line = 8 << 10
        var fields = 100
        /// Bytes of the whole head.
        var total = 32 << 10
    }

    private let limits: Limits
    private var received = 0
    private var lineNumber = 1
    private var line: [UInt8] = []
    private var startLine: String?
    private var fields: [HeaderField] = []

    init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Takes bytes from the front of `input` up to the end of the head; `nil` means that all were taken and more are needed.
    mutating func next(_ input: inout UnsafeRawBufferPointer) throws(HTTPHeadError) -> HTTPHead? {
        while let byte = input.first {
            input = UnsafeRawBufferPointer(rebasing: input[1...])
            received += 1
            guard received <= limits.total else { throw .tooLong(limit: limits.total) }
            guard line.count < limits.line else { throw .lineTooLong(line: lineNumber, limit: limits.line) }
            let followsReturn = line.last == UInt8(ascii: "\r")
            guard (byte == UInt8(ascii: "\n")) == followsReturn else { throw .malformedLine(line: lineNumber) }
            line.append(byte)
            guard byte == UInt8(ascii: "\n") else { continue }
            if let head = try endLine() { return head }
        }
        return nil
    }

    private mutating func endLine() throws(HTTPHeadError) -> HTTPHead? {
        let content = line.dropLast(2)
        defer {
            line.removeAll(keepingCapacity: true)
            lineNumber += 1
        }
        guard let startLine else {
            guard !content.isEmpty, content.allSatisfy(\.isFieldValueCharacter) else { throw .malformedLine(line: lineNumber) }
            self.startLine = String(decoding: content, as: UTF8.self)
            return nil
        }
        guard let first = content.first else { return HTTPHead(startLine: startLine, fields: fields) }
        if first.isBlank { throw .foldedField(line: lineNumber) }
        guard let colon = content.firstIndex(of: UInt8(ascii: ":")) else { throw .malformedField(line: lineNumber) }
        let field = HeaderField(
            String(decoding: content[..<colon], as: UTF8.self),
            HTTPHead.trimmed(String(decoding: content[(colon + 1)...], as: UTF8.self)))
        guard field.isWellFormed else { throw .malformedField(line: lineNumber) }
        guard fields.count < limits.fields else { throw .tooManyFields(limit: limits.fields) }
        fields.append(field)
        return nil
    }
}
