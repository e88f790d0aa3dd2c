#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// An IPv4 or IPv6 address with a port.
package struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    package enum Family: Sendable {
        case ipv4, ipv6
    }

    /// The address's bytes in network order, as integers of this machine.
    private enum Host: Hashable, Sendable {
        case ipv4(UInt32)
        case ipv6(UInt64, UInt64, scope: UInt32)
    }

    private let host: Host

    /// The port, in this machine's byte order.
    package let port: UInt16

    private init(_ host: Host, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads a numeric address: "192.0.2.1", "2001:db8::1", "fe80::1%eth0". `nil` for anything that would need a name lookup.
    package init?(numeric text: String, port: UInt16) {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST
        hints.ai_socktype = SocketAddress.streamType
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(text, nil, &hints, &list) == 0, let first = list else { return nil }
        defer { freeaddrinfo(first) }
        guard let address = SocketAddress(first.pointee.ai_addr, port: port) else { return nil }
        self = address
    }

    /// Reads a kernel's or resolver's address; `nil` for other families. `port` replaces the one in it.
    init?(_ address: UnsafePointer<sockaddr>, port: UInt16? = nil) {
        switch CInt(address.pointee.sa_family) {
        case AF_INET:
            let ipv4 = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self)
            self.init(.ipv4(ipv4.sin_addr.s_addr), port: port ?? UInt16(bigEndian: ipv4.sin_port))
        case AF_INET6:
            let ipv6 = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in6.self)
            let halves = unsafeBitCast(ipv6.sin6_addr, to: (UInt64, UInt64).self)
            self.init(.ipv6(halves.0, halves.1, scope: ipv6.sin6_scope_id), port: port ?? UInt16(bigEndian: ipv6.sin6_port))
        default:
            return nil
        }
    }

    /// This machine itself. Port 0 lets the kernel choose one when it is bound.
    package static func loopback(_ family: Family = .ipv4, port: UInt16) -> SocketAddress {
        switch family {
        case .ipv4: SocketAddress(.ipv4(UInt32(bigEndian: 0x7F00_0001)), port: port)
        case .ipv6: SocketAddress(.ipv6(0, UInt64(bigEndian: 1), scope: 0), port: port)
        }
    }

    /// Every address of this machine.
    package static func any(_ family: Family = .ipv4, port: UInt16) -> SocketAddress {
        switch family {
        case .ipv4: SocketAddress(.ipv4(0), port: port)
        case .ipv6: SocketAddress(.ipv6(0, 0, scope: 0), port: port)
        }
    }

    package var family: Family {
        switch host {
        case .ipv4: .ipv4
        case .ipv6: .ipv6
        }
    }

    /// "127.0.0.1:443", "[::1]:443".
    package var description: String {
        switch host {
        case .ipv4(var bytes):
            return "\(Self.text(AF_INET, &bytes)):\(port)"
        case .ipv6(let high, let low, let scope):
            var bytes = (high, low)
            return "[\(Self.text(AF_INET6, &bytes))\(scope == 0 ? "" : "%\(scope)")]:\(port)"
        }
    }

    /// The protocol family's number for `socket(2)`.
    var protocolFamily: CInt {
        switch family {
        case .ipv4: AF_INET
        case .ipv6: AF_INET6
        }
    }

    /// Lends the address in the kernel's form.
    func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var storage = sockaddr_storage()
        return withUnsafeMutableBytes(of: &storage) { bytes in
            let length: Int
            switch host {
            case .ipv4(let address):
                var ipv4 = sockaddr_in()
                ipv4.sin_family = sa_family_t(AF_INET)
                ipv4.sin_port = port.bigEndian
                ipv4.sin_addr.s_addr = address
                length = MemoryLayout<sockaddr_in>.size
                #if canImport(Darwin)
                ipv4.sin_len = UInt8(length)
                #endif
                bytes.storeBytes(of: ipv4, as: sockaddr_in.self)
            case .ipv6(let high, let low, let scope):
                var ipv6 = sockaddr_in6()
                ipv6.sin6_family = sa_family_t(AF_INET6)
                ipv6.sin6_port = port.bigEndian
                ipv6.sin6_addr = unsafeBitCast((high, low), to: in6_addr.self)
                ipv6.sin6_scope_id = scope
                length = MemoryLayout<sockaddr_in6>.size
                #if canImport(Darwin)
                ipv6.sin6_len = UInt8(length)
                #endif
                bytes.storeBytes(of: ipv6, as: sockaddr_in6.self)
            }
            return body(bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(length))
        }
    }

    /// `SOCK_STREAM`, which Glibc imports as an enumeration.
    static var streamType: CInt {
        #if canImport(Glibc)
        CInt(SOCK_STREAM.rawValue)
        #else
        SOCK_STREAM
        #endif
    }

    private static func text(_ family: CInt, _ bytes: UnsafeRawPointer) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
            // Fails only for an unknown family or a buffer too short, and both are right here.
            guard let text = inet_ntop(family, bytes, buffer.baseAddress, socklen_t(buffer.count)) else { return "?" }
            return String(cString: text)
        }
    }
}
