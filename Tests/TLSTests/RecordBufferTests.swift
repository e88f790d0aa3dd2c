import Reactor
import TLS
import Testing

/// OpenSSL's allocator is replaced to count, so each case runs in a process of its own.
@Suite("What connections hold while they are busy and while they are idle")
struct RecordBufferTests {
    static func connect(_ client: TLSContext, _ server: TLSContext) throws -> TLSPair {
        let pair = try TLSPair(client: client, server: server)
        pair.link.run()
        try #require(pair.isConnected)
        return pair
    }

    @Test("A busy connection keeps its record buffers, however many records come and go")
    func busy() async {
        await #expect(processExitsWith: .success) {
            try #require(OpenSSLHeap.install())
            for version in SecureSocketTests.versions {
                let pair = try RecordBufferTests.connect(TestContexts.client(), TestContexts.server(latest: version))
                func round() {
                    for _ in 0..<100 {
                        pair.server.write([UInt8](repeating: 1, count: 1300))
                        pair.client.write("heartbeat")
                    }
                    pair.link.run()
                }
                round()
                let before = OpenSSLHeap.bufferAllocationCount
                for _ in 0..<10 { round() }
                #expect(OpenSSLHeap.bufferAllocationCount == before)
                #expect(pair.clientDelegate.received.count == 11 * 100 * 1300)
            }
        }
    }

    @Test("An idle connection holds no record buffers")
    func idle() async {
        await #expect(processExitsWith: .success) {
            try #require(OpenSSLHeap.install())
            let client = try TestContexts.client()
            let server = try TestContexts.server()
            var pairs: [TLSPair] = [try RecordBufferTests.connect(client, server)]
            let before = OpenSSLHeap.liveBytes
            let count = 50
            for _ in 0..<count {
                let pair = try RecordBufferTests.connect(client, server)
                pair.server.write([UInt8](repeating: 1, count: 40_000))
                pair.client.write([UInt8](repeating: 1, count: 40_000))
                pair.link.run()
                pairs.append(pair)
            }
            // Both ends are counted: two connections, each of which would hold 34 KB of buffers.
            let each = (OpenSSLHeap.liveBytes - before) / count
            #expect(each < 2 * 16 * 1024)
        }
    }
}
