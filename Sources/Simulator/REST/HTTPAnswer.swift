/// A whole answer.
struct HTTPAnswer {
    let status: Int
    var headers: [(String, String)] = []
    /// `nil` for 204.
    let body: [UInt8]?
}
