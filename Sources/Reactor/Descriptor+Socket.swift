#if canImport(Glibc)
import CLinux
import Glibc
#else
import Darwin
#endif

/// The socket calls that streams, connector and listener share.
extension Descriptor {
    /// A non-blocking TCP socket.
    static func tcpSocket(_ address: SocketAddress) throws(IOFailure) -> Descriptor {
        let family = address.protocolFamily
        #if os(Linux)
        let type = SocketAddress.streamType | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        return Descriptor(try Syscall.run("socket") { socket(family, type, 0) })
        #else
        let descriptor = Descriptor(try Syscall.run("socket") { socket(family, SocketAddress.streamType, 0) })
        try descriptor.prepareAsSocket()
        return descriptor
        #endif
    }

    /// Takes one waiting connection of a listening socket; `nil` when none waits.
    borrowing func accept() throws(IOFailure) -> Descriptor? {
        let descriptor = rawValue
        #if os(Linux)
        guard let accepted = try Syscall.attempt("accept4", { clinux_accept(descriptor) }) else { return nil }
        return Descriptor(accepted)
        #else
        guard let accepted = try Syscall.attempt("accept", { Darwin.accept(descriptor, nil, nil) }) else { return nil }
        let connection = Descriptor(accepted)
        try connection.prepareAsSocket()
        return connection
        #endif
    }

    /// Begins to connect.
    /// - Returns: `true` if the connection stands already, `false` if readiness to write will tell.
    borrowing func connect(to address: SocketAddress) throws(IOFailure) -> Bool {
        let descriptor = rawValue
        let code = address.withSockaddr { pointer, length in
            // Not through `Syscall`: an interrupted connect goes on by itself, and asking again would fail with EALREADY.
            #if canImport(Glibc)
            Glibc.connect(descriptor, pointer, length) == 0 ? 0 : errno
            #else
            Darwin.connect(descriptor, pointer, length) == 0 ? 0 : errno
            #endif
        }
        switch code {
        case 0: return true
        case EINPROGRESS, EINTR: return false
        default: throw IOFailure(call: "connect", code: code)
        }
    }

    /// What a connecting socket has come to, once it is writable.
    borrowing func checkConnected() throws(IOFailure) {
        var code: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        let descriptor = rawValue
        try Syscall.run("getsockopt") { getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) }
        if code != 0 { throw IOFailure(call: "connect", code: code) }
    }

    /// Binds and listens. `backlog` is how many connections the kernel holds for us.
    borrowing func listen(at address: SocketAddress, backlog: CInt) throws(IOFailure) {
        let descriptor = rawValue
        // A restarted server must not wait for the last connections of its predecessor to time out.
        try setOption(SOL_SOCKET, SO_REUSEADDR)
        try Syscall.run("bind") { address.withSockaddr { bind(descriptor, $0, $1) } }
        #if canImport(Glibc)
        try Syscall.run("listen") { Glibc.listen(descriptor, backlog) }
        #else
        try Syscall.run("listen") { Darwin.listen(descriptor, backlog) }
        #endif
    }

    /// Switches an option on.
    borrowing func setOption(_ level: CInt, _ name: CInt) throws(IOFailure) {
        var on: CInt = 1
        let descriptor = rawValue
        try Syscall.run("setsockopt") { setsockopt(descriptor, level, name, &on, socklen_t(MemoryLayout<CInt>.size)) }
    }

    /// The address of this end.
    borrowing func localAddress() throws(IOFailure) -> SocketAddress? {
        try address("getsockname") { getsockname($0, $1, $2) }
    }

    /// The address of the other end.
    borrowing func peerAddress() throws(IOFailure) -> SocketAddress? {
        try address("getpeername") { getpeername($0, $1, $2) }
    }

    private borrowing func address(
        _ call: String, _ body: (CInt, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> CInt
    ) throws(IOFailure) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let descriptor = rawValue
        return try withUnsafeMutableBytes(of: &storage) { bytes throws(IOFailure) in
            let pointer = bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            try Syscall.run(call) { body(descriptor, pointer, &length) }
            return SocketAddress(pointer)
        }
    }

    #if !os(Linux)
    /// What Linux does in the call that makes a socket; and no SIGPIPE, which Linux leaves out for each `send`.
    private borrowing func prepareAsSocket() throws(IOFailure) {
        try setNonBlockingCloseOnExec()
        try setOption(SOL_SOCKET, SO_NOSIGPIPE)
    }
    #endif
}
