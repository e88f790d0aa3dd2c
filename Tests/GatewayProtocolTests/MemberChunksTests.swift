import Discord
import GatewayProtocol
import Testing

@Suite("Gateway Events › Guild Members Chunk")
struct MemberChunksTests {
    static let start = ContinuousClock.now
    static let guild = Snowflake(rawValue: 5)

    private func at(_ seconds: Double) -> ContinuousClock.Instant { Self.start + .seconds(seconds) }

    private func request(_ nonce: String?) throws -> MemberRequest { try MemberRequest(guild: Self.guild, selection: .all, nonce: nonce) }

    /// Hands in chunk `index` of `count`, whose data is its index.
    private func receive(
        _ chunks: inout MemberChunks, _ index: Int, of count: Int, nonce: String? = "n", guild: Snowflake = guild, at seconds: Double = 1
    ) -> MemberChunks.Outcome? {
        [UInt8(truncatingIfNeeded: index)].withUnsafeBytes {
            chunks.received(MemberChunk(guild: guild, index: index, count: count, nonce: nonce), data: $0, at: at(seconds))
        }
    }

    @Test("complete when every index is in, in the order of indexes, whatever the order of arrival", arguments: [
        [0], [0, 1, 2], [2, 0, 1], [1, 1, 0, 0, 2], [2, 1, 0],
    ])
    func order(arrival: [Int]) throws {
        var chunks = MemberChunks()
        let request = try request("n")
        chunks.requestSent(request, at: at(0))
        let count = Set(arrival).count
        for index in arrival.dropLast() { #expect(receive(&chunks, index, of: count) == nil) }
        let last = try #require(arrival.last)
        #expect(receive(&chunks, last, of: count) == .complete(request, chunks: (0..<count).map { [UInt8($0)] }))
        #expect(chunks.count == 0)
        #expect(receive(&chunks, last, of: count) == nil)
    }

    @Test("requests are told apart by nonce, interleaved or not")
    func nonces() throws {
        var chunks = MemberChunks()
        for nonce in ["a", "b"] { chunks.requestSent(try request(nonce), at: at(0)) }
        #expect(receive(&chunks, 0, of: 2, nonce: "a") == nil)
        #expect(receive(&chunks, 0, of: 1, nonce: "b") == .complete(try request("b"), chunks: [[0]]))
        #expect(receive(&chunks, 1, of: 2, nonce: "a") == .complete(try request("a"), chunks: [[0], [1]]))
    }

    @Test("chunks that nobody asked for, or that contradict the answer so far, are passed over")
    func foreign() throws {
        var chunks = MemberChunks()
        chunks.requestSent(try request("n"), at: at(0))
        #expect(receive(&chunks, 0, of: 1, nonce: "x") == nil)
        #expect(receive(&chunks, 0, of: 1, nonce: nil) == nil)
        #expect(receive(&chunks, 0, of: 1, guild: Snowflake(rawValue: 6)) == nil)
        #expect(receive(&chunks, 0, of: 2) == nil)
        #expect(receive(&chunks, 0, of: 1) == nil)
        #expect(receive(&chunks, 2, of: 2) == nil)
        #expect(receive(&chunks, -1, of: 2) == nil)
        #expect(receive(&chunks, 1, of: 2) == .complete(try request("n"), chunks: [[0], [1]]))
    }

    @Test("a count of thousands of millions costs nothing until chunks come")
    func hugeCount() throws {
        var chunks = MemberChunks()
        chunks.requestSent(try request("n"), at: at(0))
        #expect(receive(&chunks, 7, of: Int(Int32.max)) == nil)
        #expect(chunks.count == 1)
    }

    @Test("the watchdog starts with the request and again with each chunk; then it says how far it came")
    func watchdog() throws {
        var chunks = MemberChunks(timeout: .seconds(30))
        #expect(chunks.deadline == nil)
        for (nonce, seconds) in [("n", 0.0), ("silent", 1)] { chunks.requestSent(try request(nonce), at: at(seconds)) }
        #expect(chunks.deadline == at(30))
        #expect(receive(&chunks, 1, of: 3, at: 20) == nil)
        #expect(chunks.deadline == at(31))
        #expect(chunks.expire(at: at(30.9)) == [])
        #expect(chunks.expire(at: at(31)) == [.timedOut(try request("silent"), received: 0, expected: nil)])
        #expect(chunks.expire(at: at(50)) == [.timedOut(try request("n"), received: 1, expected: 3)])
        #expect(chunks.deadline == nil)
    }

    @Test("RATE_LIMITED gives the request back, to be sent again; meanwhile no watchdog runs")
    func rateLimited() throws {
        var chunks = MemberChunks()
        let request = try request("n")
        chunks.requestSent(request, at: at(0))
        #expect(chunks.rateLimited(RateLimited(opcode: .requestGuildMembers, retryAfter: .seconds(20), guild: Self.guild, nonce: nil)) == nil)
        #expect(chunks.rateLimited(RateLimited(opcode: .presenceUpdate, retryAfter: .seconds(20), guild: nil, nonce: "n")) == nil)
        #expect(chunks.rateLimited(RateLimited(opcode: .requestGuildMembers, retryAfter: .seconds(20), guild: Self.guild, nonce: "n")) == request)
        #expect(chunks.deadline == nil)
        chunks.requestSent(request, at: at(20))
        #expect(receive(&chunks, 0, of: 1, at: 21) == .complete(request, chunks: [[0]]))
    }

    @Test("a lost session gives every request back, oldest first; a cancelled one is gone")
    func lost() throws {
        var chunks = MemberChunks()
        for (index, nonce) in ["a", "b", "c"].enumerated() { chunks.requestSent(try request(nonce), at: at(Double(index))) }
        chunks.cancel(nonce: "b")
        #expect(chunks.sessionLost().map(\.nonce) == ["a", "c"])
        #expect(chunks.count == 0)
    }

    @Test("a request without a nonce cannot be collected")
    func noNonce() throws {
        var chunks = MemberChunks()
        chunks.requestSent(try request(nil), at: at(0))
        #expect(chunks.count == 0)
    }
}
