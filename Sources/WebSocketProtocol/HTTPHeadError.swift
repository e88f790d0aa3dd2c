/// Why the bytes are not an HTTP/1.1 head we accept (RFC 9112). Lines are counted from 1.
package enum HTTPHeadError: Error, Equatable, Sendable {
    case lineTooLong(line: Int, limit: Int)
    case tooManyFields(limit: Int)
    case tooLong(limit: Int)
    /// A line that starts with a blank continues the one before: obsolete and dangerous (RFC 9112 §5.2).
    case foldedField(line: Int)
    /// No colon, a name that is no token, or a control character.
    case malformedField(line: Int)
    /// CR without LF or LF without CR, or a control character in the first line.
    case malformedLine(line: Int)
}
