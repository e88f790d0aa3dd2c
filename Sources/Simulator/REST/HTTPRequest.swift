import NIOHTTP1

/// A whole request.
struct HTTPRequest {
    let head: HTTPRequestHead
    let body: [UInt8]
    /// The body was longer than Discord takes and is not complete.
    let isTooLarge: Bool
}
