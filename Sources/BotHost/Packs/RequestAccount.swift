internal import Configuration

/// What a pack has asked of REST and the gateway that is not answered yet.
struct RequestAccount {
    private(set) var count = 0
    private(set) var bytes = 0

    /// Why another request may not be made; `nil` when it may.
    func refusal(ofBytes size: Int, _ limits: LimitSettings) -> String? {
        if count >= limits.requests { return "more than \(limits.requests) requests without an answer" }
        if count > 0 && bytes + size > limits.memoryMegabytes << 20 { return "requests without an answer of more than \(limits.memoryMegabytes) MiB" }
        return nil
    }

    mutating func begin(bytes size: Int) {
        count += 1
        bytes += size
    }

    mutating func end(bytes size: Int) {
        count -= 1
        bytes -= size
    }
}
