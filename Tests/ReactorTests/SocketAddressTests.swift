import Testing
@testable import Reactor

@Suite("Socket address") struct SocketAddressTests {
    @Test("numeric addresses are read and written in their usual form", arguments: [
        ("127.0.0.1", "127.0.0.1:443"), ("192.0.2.7", "192.0.2.7:443"), ("::1", "[::1]:443"),
        ("2001:DB8:0:0:0:0:0:1", "[2001:db8::1]:443"), ("::ffff:192.0.2.7", "[::ffff:192.0.2.7]:443"),
    ])
    func numeric(text: String, description: String) {
        #expect(SocketAddress(numeric: text, port: 443)?.description == description)
    }

    @Test("names are not addresses", arguments: ["localhost", "example.org", "", "[::1]", "1.2.3.4.5", "::g"])
    func notNumeric(text: String) {
        #expect(SocketAddress(numeric: text, port: 443) == nil)
    }

    @Test("an address survives the way through the kernel's form", arguments: ["127.0.0.1", "::1", "2001:db8::1:2:3"])
    func roundTrip(text: String) {
        let address = SocketAddress(numeric: text, port: 50_000)!
        #expect(address.withSockaddr { pointer, _ in SocketAddress(pointer) } == address)
        #expect(address.withSockaddr { pointer, _ in SocketAddress(pointer, port: 1) }?.port == 1)
    }

    @Test("the named addresses are those of their names") func named() {
        #expect(SocketAddress.loopback(port: 1) == SocketAddress(numeric: "127.0.0.1", port: 1))
        #expect(SocketAddress.loopback(.ipv6, port: 1) == SocketAddress(numeric: "::1", port: 1))
        #expect(SocketAddress.any(port: 1) == SocketAddress(numeric: "0.0.0.0", port: 1))
        #expect(SocketAddress.any(.ipv6, port: 1) == SocketAddress(numeric: "::", port: 1))
    }
}
