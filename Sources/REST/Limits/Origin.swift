/// Who asks (`RESTRequest.origin`). Owned by a `RateLimiter` alone.
final class Origin {
    let number: Int

    init(_ number: Int) { self.number = number }
}
