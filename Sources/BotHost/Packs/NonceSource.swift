/// Makes nonces for Create Message: unique within the few minutes in which Discord compares them, at most 25 characters.
struct NonceSource {
    private let seed = UInt64.random(in: 0...UInt64.max)
    private var count: UInt64 = 0

    mutating func next() -> String {
        count &+= 1
        return String(seed &+ count &* 0x9E37_79B9_7F4A_7C15, radix: 36)
    }
}
