import Testing
@testable import Reactor
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite("TCP stream", .timeLimit(.minutes(2))) struct TCPStreamTests {
    // MARK: Bytes

    @Test("bytes arrive in order in both directions", arguments: PollerKind.allCases)
    func bothDirections(_ kind: PollerKind) throws {
        try runReactor(kind) { reactor in
            try Connection.open(on: reactor) { connection in
                connection.serverSide.onReceive = { connection.server.write($0) }
                connection.clientSide.onReceive = { _ in
                    guard connection.clientSide.received.count == 11 else { return }
                    #expect(connection.clientSide.received == Array("hello world".utf8))
                    reactor.handle.stop()
                }
                connection.client.write("hello")
                connection.client.write([])
                connection.client.write(" world")
                #expect(connection.client.unsentByteCount == 0)
            }
        }
    }

    @Test("a stream that is not receiving leaves the peer's bytes where they are, and goes on sending", arguments: PollerKind.allCases)
    func pausedReceiving(_ kind: PollerKind) throws {
        try runReactor(kind) { reactor in
            try Connection.open(on: reactor) { connection in
                connection.server.isReceiving = false
                connection.server.write("still sending")
                connection.client.write("unread")
                connection.clientSide.onReceive = { _ in
                    // What was sent before this arrived has arrived too, and a few turns would have read it.
                    afterTurns(5, of: reactor) {
                        #expect(connection.serverSide.received.isEmpty)
                        connection.server.isReceiving = true
                    }
                }
                connection.serverSide.onReceive = { _ in
                    #expect(connection.server.isReceiving)
                    #expect(connection.serverSide.received == Array("unread".utf8))
                    reactor.handle.stop()
                }
            }
        }
    }

    @Test("each message leaves at once: TCP_NODELAY is set") func noDelay() throws {
        let reactor = try Reactor()
        let socket = try Descriptor.tcpSocket(.loopback(port: 0))
        let number = socket.rawValue
        let stream = try TCPStream(adopting: socket, on: reactor)
        var value: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        #expect(getsockopt(number, CInt(IPPROTO_TCP), TCP_NODELAY, &value, &length) == 0)
        #expect(value != 0)
        stream.abort()
    }

    @Test("what the kernel does not take is queued, and reaches a slow reader whole and in order", arguments: PollerKind.allCases)
    func slowReader(_ kind: PollerKind) throws {
        // A pattern whose length has no factor in common with the sizes of reads and writes, so that no shift goes unnoticed.
        let pattern = (0..<65_521).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        var message: [UInt8] = []
        for _ in 0..<256 { message += pattern }
        let recorder = StreamRecorder()
        let collected = Box<[UInt8]>([])
        try runReactor(kind) { reactor in
            try RawPeer.open(on: reactor, recorder: recorder) { stream, peer in
                for start in stride(from: 0, to: message.count, by: 1_000_003) {
                    stream.write(Array(message[start..<min(start + 1_000_003, message.count)]))
                }
                let queued = stream.unsentByteCount
                #expect(queued > 0)
                stream.finish()
                stream.write("too late")
                #expect(stream.unsentByteCount == queued)
                peer.poll(on: reactor, limit: 300_007) { read in
                    switch read {
                    case .bytes(let bytes): collected.value += bytes
                    case .end:
                        #expect(stream.unsentByteCount == 0)
                        reactor.handle.stop()
                    case .nothing: break
                    }
                }
            }
        }
        // Not compared by the macro, which would print both.
        let isWhole = collected.value == message
        #expect(isWhole)
        #expect(recorder.end == nil)
    }

    @Test("a fast writer does not hold the loop: others get their turn between two reads", arguments: PollerKind.allCases)
    func fastWriter(_ kind: PollerKind) throws {
        let sizes = Box<[Int]>([])
        let timers = Box(0)
        try runReactor(kind) { reactor in
            try Connection.open(on: reactor) { connection in
                func tick() {
                    timers.value += 1
                    reactor.schedule(after: .zero) { tick() }
                }
                tick()
                let started = timers.value
                connection.serverSide.onReceive = { bytes in
                    sizes.value.append(bytes.count)
                    guard connection.serverSide.received.count == 2 * 1024 * 1024 else { return }
                    // A turn for each read, whatever the kernel had ready.
                    #expect(timers.value - started >= sizes.value.count - 1)
                    reactor.handle.stop()
                }
                connection.client.write([UInt8](repeating: 1, count: 2 * 1024 * 1024))
            }
        }
        #expect(sizes.value.allSatisfy { $0 <= 64 * 1024 })
        #expect(sizes.value.count >= 32)
    }

    // MARK: Ends

    @Test("finish ends our direction only: the peer is told, and may go on sending", arguments: PollerKind.allCases)
    func halfClose(_ kind: PollerKind) throws {
        try runReactor(kind) { reactor in
            try Connection.open(on: reactor) { connection in
                connection.client.write("question")
                connection.client.finish()
                connection.client.finish()
                connection.serverSide.onEnd = { end in
                    #expect(end == .clean)
                    #expect(connection.serverSide.received == Array("question".utf8))
                    // The end of their direction leaves ours as it was.
                    reactor.schedule(after: .milliseconds(2)) {
                        connection.server.write("answer")
                        connection.server.finish()
                    }
                }
                connection.clientSide.onEnd = { end in
                    #expect(end == .clean)
                    #expect(connection.clientSide.received == Array("answer".utf8))
                    reactor.handle.stop()
                }
            }
        }
    }

    @Test("a stream whose directions have both ended is released", arguments: PollerKind.allCases)
    func bothEnded(_ kind: PollerKind) throws {
        weak var client: TCPStream?
        let recorder = StreamRecorder()
        try runReactor(kind) { reactor in
            try RawPeer.open(on: reactor, recorder: recorder) { stream, peer in
                client = stream
                stream.finish()
                peer.hangUp()
                recorder.onEnd = { _ in
                    reactor.schedule(after: .milliseconds(1)) {
                        #expect(client == nil)
                        reactor.handle.stop()
                    }
                }
            }
        }
        #expect(recorder.end == .clean)
    }

    @Test("a large answer written after the peer's end still arrives", arguments: PollerKind.allCases)
    func answerAfterEnd(_ kind: PollerKind) throws {
        let recorder = StreamRecorder()
        let count = Box(0)
        let size = 8 * 1024 * 1024
        try runReactor(kind) { reactor in
            try RawPeer.open(on: reactor, recorder: recorder) { stream, peer in
                shutdown(peer.socket, CInt(SHUT_WR))
                recorder.onEnd = { _ in
                    reactor.schedule(after: .zero) {
                        stream.write([UInt8](repeating: 5, count: size))
                        stream.finish()
                        peer.poll(on: reactor) { read in
                            if case .bytes(let bytes) = read { count.value += bytes.count }
                            if read == .end { reactor.handle.stop() }
                        }
                    }
                }
            }
        }
        #expect(count.value == size)
        #expect(recorder.end == .clean)
        #expect(recorder.callsAfterEnd == 0)
    }

    @Test("a stream that has only its own direction left waits for nothing: the loop does not spin", arguments: PollerKind.allCases)
    func idleAfterEnd(_ kind: PollerKind) throws {
        let recorder = StreamRecorder()
        let poller = RecordingPoller(try kind.makePoller())
        try run(try Reactor(poller: poller)) { reactor in
            try RawPeer.open(on: reactor, recorder: recorder) { stream, peer in
                peer.hangUp()
                recorder.onEnd = { _ in
                    let before = poller.waits.count
                    reactor.schedule(after: .milliseconds(30)) {
                        #expect(poller.waits.count - before < 5)
                        stream.abort()
                        reactor.handle.stop()
                    }
                }
            }
        }
        #expect(recorder.end == .clean)
    }

    @Test("nor does it spin when it was paused after the peer's end, and the peer then resets", arguments: PollerKind.allCases)
    func resetAfterEndWhilePaused(_ kind: PollerKind) throws {
        let recorder = StreamRecorder()
        let poller = RecordingPoller(try kind.makePoller())
        let size = 8 * 1024 * 1024
        let count = Box(0)
        try run(try Reactor(poller: poller)) { reactor in
            try RawPeer.open(on: reactor, recorder: recorder) { stream, peer in
                // More than the kernel takes, so that the stream still has something to wait for when the peer's end comes.
                stream.write([UInt8](repeating: 1, count: size))
                shutdown(peer.socket, CInt(SHUT_WR))
                recorder.onEnd = { _ in
                    stream.isReceiving = false
                    peer.poll(on: reactor) { read in
                        if case .bytes(let bytes) = read { count.value += bytes.count }
                        guard count.value == size else { return }
                        peer.reset()
                        let before = poller.waits.count
                        reactor.schedule(after: .milliseconds(30)) {
                            #expect(poller.waits.count - before < 5)
                            stream.abort()
                            reactor.handle.stop()
                        }
                    }
                }
            }
        }
        #expect(recorder.end == .clean)
    }

    @Test("a reset is a failure that names call, reason and peer", arguments: PollerKind.allCases)
    func reset(_ kind: PollerKind) throws {
        let recorder = StreamRecorder()
        let peerName = Box("")
        try runReactor(kind) { reactor in
            try RawPeer.open(on: reactor, recorder: recorder) { stream, peer in
                peerName.value = "\(stream.peerAddress!)"
                recorder.onEnd = { _ in reactor.handle.stop() }
                peer.reset()
            }
        }
        #expect(recorder.end == .failed("recv: Connection reset by peer (\(peerName.value))"))
    }

    @Test("a failed write is told once, not from inside write, and after what the peer sent before", arguments: PollerKind.allCases)
    func failedWrite(_ kind: PollerKind) throws {
        let recorder = StreamRecorder()
        try runReactor(kind) { reactor in
            try RawPeer.open(on: reactor, recorder: recorder) { stream, peer in
                recorder.onEnd = { _ in reactor.schedule(after: .milliseconds(2)) { reactor.handle.stop() } }
                peer.write("goodbye")
                // With bytes of ours unread, closing answers with RST; the next sends meet it.
                stream.write("never read")
                peer.hangUp()
                for _ in 0..<3 {
                    stream.write("more")
                    #expect(recorder.end == nil)
                }
            }
        }
        #expect(recorder.callsAfterEnd == 0)
        #expect(recorder.received == Array("goodbye".utf8))
        guard case .failed(let text) = recorder.end else {
            Issue.record("ended with \(String(describing: recorder.end))")
            return
        }
        #expect(text.contains("Connection reset by peer") || text.contains("Broken pipe"))
    }

    @Test("a write that fails while much is queued ends the stream with a failure", arguments: PollerKind.allCases)
    func failedFlush(_ kind: PollerKind) throws {
        let recorder = StreamRecorder()
        try runReactor(kind) { reactor in
            try RawPeer.open(on: reactor, recorder: recorder) { stream, peer in
                recorder.onEnd = { _ in reactor.handle.stop() }
                stream.write([UInt8](repeating: 1, count: 16 * 1024 * 1024))
                #expect(stream.unsentByteCount > 0)
                reactor.schedule(after: .milliseconds(2)) { peer.hangUp() }
            }
        }
        guard case .failed = recorder.end else {
            Issue.record("ended with \(String(describing: recorder.end))")
            return
        }
    }

    // MARK: Abort

    @Test("abort inside streamReceived ends all calls at once", arguments: PollerKind.allCases)
    func abortWhileReceiving(_ kind: PollerKind) throws {
        weak var client: TCPStream?
        let recorder = StreamRecorder()
        try runReactor(kind) { reactor in
            try RawPeer.open(on: reactor, recorder: recorder) { stream, peer in
                client = stream
                stream.write([UInt8](repeating: 1, count: 8 * 1024 * 1024))
                peer.write("first")
                recorder.onReceive = { [unowned stream] bytes in
                    stream.abort()
                    // Still what was received: the buffer outlives the stream.
                    #expect(Array(bytes) == Array("first".utf8))
                    #expect(stream.unsentByteCount == 0)
                    stream.write("nothing")
                    stream.finish()
                    stream.abort()
                    reactor.schedule(after: .milliseconds(3)) {
                        #expect(client == nil)
                        reactor.handle.stop()
                    }
                }
            }
        }
        #expect(recorder.received == Array("first".utf8))
        #expect(recorder.end == nil)
    }

    @Test("abort inside streamEnded is allowed", arguments: PollerKind.allCases)
    func abortWhileEnding(_ kind: PollerKind) throws {
        let recorder = StreamRecorder()
        try runReactor(kind) { reactor in
            try RawPeer.open(on: reactor, recorder: recorder) { stream, peer in
                recorder.onEnd = { [unowned stream] _ in
                    stream.abort()
                    reactor.schedule(after: .milliseconds(1)) { reactor.handle.stop() }
                }
                peer.hangUp()
            }
        }
        #expect(recorder.end == .clean)
        #expect(recorder.callsAfterEnd == 0)
    }

    @Test("abort between a failed write and its report keeps the report back", arguments: PollerKind.allCases)
    func abortAfterFailedWrite(_ kind: PollerKind) throws {
        let recorder = StreamRecorder()
        try runReactor(kind) { reactor in
            try RawPeer.open(on: reactor, recorder: recorder) { stream, peer in
                peer.reset()
                stream.write("one")
                stream.write("two")
                stream.abort()
                reactor.schedule(after: .milliseconds(3)) { reactor.handle.stop() }
            }
        }
        #expect(recorder.end == nil)
    }

    @Test("a stream whose delegate is gone closes itself when bytes arrive", arguments: PollerKind.allCases)
    func delegateGone(_ kind: PollerKind) throws {
        weak var client: TCPStream?
        try runReactor(kind) { reactor in
            try RawPeer.open(on: reactor, recorder: StreamRecorder()) { stream, peer in
                client = stream
                stream.delegate = nil
                peer.write("anyone?")
                reactor.schedule(after: .milliseconds(1)) {
                    peer.poll(on: reactor) { _ in }
                }
                func check() {
                    if client == nil { return reactor.handle.stop() }
                    reactor.schedule(after: .milliseconds(1)) { check() }
                }
                reactor.schedule(after: .zero) { check() }
            }
        }
        #expect(client == nil)
    }
}
