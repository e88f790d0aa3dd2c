package import JSON

/// Why a gateway payload, or a part of one, cannot be read.
package enum PayloadError: Error, Equatable, Sendable {
    case json(JSONError)
    case etf(ETFError)
    /// The payload has no `op`, so nothing can be done with it.
    case missingOpcode
    /// A field without which the payload has no meaning is missing or null.
    case missing(field: String)
}

extension PayloadError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .json(let error): error.description
        case .etf(let error): error.description
        case .missingOpcode: "payload without \"op\""
        case .missing(let field): "payload without \"\(field)\""
        }
    }
}
