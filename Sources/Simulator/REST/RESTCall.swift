import Discord
import JSON

/// A request that found its route: what stands in its path, query and body.
struct RESTCall {
    /// The values for `{name}` in the route's template.
    let parameters: [String: String]
    let query: [String: String]
    /// An empty object when there was no body.
    let body: JSONValue
    /// Files of a multipart body.
    let files: [MultipartForm.File]
    /// `X-Audit-Log-Reason`, decoded.
    let reason: String?

    /// The text that stands for `{name}`.
    func text(_ name: String) -> String { parameters[name] ?? "" }

    /// The id that stands for `{name}`; text that is none gives 0, which nothing has.
    func id(_ name: String) -> Snowflake { Snowflake(text(name)) ?? Snowflake(rawValue: 0) }

    /// A whole number in the query.
    /// - Throws: 50035 when it is none, or out of range.
    func number(_ name: String, in range: ClosedRange<Int>, default value: Int) throws(RESTFailure) -> Int {
        guard let text = query[name] else { return value }
        guard let number = Int(text), range.contains(number) else {
            throw .invalid([name], "NUMBER_TYPE_MAX", "int value should be between \(range.lowerBound) and \(range.upperBound).")
        }
        return number
    }
}
