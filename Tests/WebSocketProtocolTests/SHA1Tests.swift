import Testing
@testable import WebSocketProtocol

@Suite("RFC 3174: SHA-1")
struct SHA1Tests {
    @Test("§7.3 the RFC's vectors", arguments: [
        ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        (String(repeating: "0123456701234567012345670123456701234567012345670123456701234567", count: 10),
         "dea356a2cddd90c7a7ecedc5ebb563934f460452"),
    ])
    func vectors(text: String, digest: String) {
        let hex = SHA1.digest(text.utf8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        #expect(hex == digest)
    }

    @Test("messages that end at each place of the last block keep to the padding rule")
    func padding() {
        // Each length has one digest, and neighbours differ: a padding that ran into the next block or lost the length would not.
        var seen: Set<[UInt8]> = []
        for count in 50...130 {
            let digest = SHA1.digest([UInt8](repeating: 0, count: count))
            #expect(digest.count == 20)
            #expect(seen.insert(digest).inserted)
        }
    }
}
