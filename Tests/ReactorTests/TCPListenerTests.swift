import Testing
@testable import Reactor
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite("TCP listener", .timeLimit(.minutes(2))) struct TCPListenerTests {
    @Test("port 0 becomes a real port, on either family", arguments: [SocketAddress.Family.ipv4, .ipv6])
    func choosesPort(_ family: SocketAddress.Family) throws {
        try runReactor { reactor in
            let listener = Box<TCPListener?>(nil)
            listener.value = try TCPListener(at: .loopback(family, port: 0), on: reactor) { stream in
                #expect(stream.peerAddress?.family == family)
                stream.abort()
                listener.value?.close()
                reactor.handle.stop()
            }
            let address = listener.value!.address
            #expect(address.family == family)
            #expect(address.port != 0)
            _ = TCPConnector.connect(
                to: family == .ipv4 ? "127.0.0.1" : "::1", port: address.port, on: reactor, deadline: reactor.now + .seconds(20)
            ) { result in
                do throws(ConnectFailure) { try result.get().abort() } catch { Issue.record(error) }
            }
        }
    }

    @Test("a port that is taken is refused with the reason") func taken() throws {
        let reactor = try Reactor()
        let first = try TCPListener(at: .loopback(port: 0), on: reactor) { _ in }
        #expect(throws: IOFailure(call: "bind", code: EADDRINUSE)) {
            _ = try TCPListener(at: first.address, on: reactor) { _ in }
        }
        first.close()
    }

    @Test("many that wait are all accepted, a share a turn", arguments: PollerKind.allCases)
    func burst(_ kind: PollerKind) throws {
        let accepted = Box<[ContinuousClock.Instant]>([])
        var clients: [CInt] = []
        try runReactor(kind) { reactor in
            let listener = try TCPListener(at: .loopback(port: 0), on: reactor) { stream in
                accepted.value.append(reactor.now)
                stream.abort()
                if accepted.value.count == 50 { reactor.handle.stop() }
            }
            for _ in 0..<50 {
                let client = try Descriptor.tcpSocket(listener.address)
                _ = try client.connect(to: listener.address)
                clients.append(client.release())
            }
        }
        for client in clients { close(client) }
        #expect(accepted.value.count == 50)
        #expect(Set(accepted.value).count >= 4)
    }

    @Test("close in the middle of accepting accepts no more, and closing twice is harmless", arguments: PollerKind.allCases)
    func closeWhileAccepting(_ kind: PollerKind) throws {
        let accepted = Box(0)
        var clients: [CInt] = []
        try runReactor(kind) { reactor in
            let listener = Box<TCPListener?>(nil)
            listener.value = try TCPListener(at: .loopback(port: 0), on: reactor) { stream in
                accepted.value += 1
                stream.abort()
                listener.value?.close()
                listener.value?.close()
                reactor.schedule(after: .milliseconds(3)) { reactor.handle.stop() }
            }
            for _ in 0..<3 {
                let client = try Descriptor.tcpSocket(listener.value!.address)
                _ = try client.connect(to: listener.value!.address)
                clients.append(client.release())
            }
        }
        for client in clients { close(client) }
        #expect(accepted.value == 1)
    }

    @Test("with no descriptor left the listener pauses instead of spinning, and goes on when there are some again")
    func outOfDescriptors() async {
        // In a process of its own, because the limit is the process's.
        await #expect(processExitsWith: .success) {
            let accepted = Box(0)
            let poller = RecordingPoller(try PollerKind.platformDefault.makePoller())
            try run(try Reactor(poller: poller)) { reactor in
                let listener = try TCPListener(at: .loopback(port: 0), on: reactor) { stream in
                    accepted.value += 1
                    stream.abort()
                    reactor.handle.stop()
                }
                let client = try Descriptor.tcpSocket(listener.address)
                _ = try client.connect(to: listener.address)
                _ = client.release()
                var hoard: [CInt] = []
                var limit = rlimit()
                getrlimit(openFiles, &limit)
                limit.rlim_cur = min(limit.rlim_cur, 256)
                setrlimit(openFiles, &limit)
                while true {
                    let descriptor = dup(0)
                    if descriptor < 0 { break }
                    hoard.append(descriptor)
                }
                reactor.schedule(after: .milliseconds(50)) {
                    precondition(accepted.value == 0)
                    precondition(poller.waits.count < 10)
                    for descriptor in hoard { close(descriptor) }
                }
            }
            precondition(accepted.value == 1)
        }
    }
}

#if canImport(Glibc)
private let openFiles = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
#else
private let openFiles = RLIMIT_NOFILE
#endif
