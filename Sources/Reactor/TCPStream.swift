#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A connected TCP socket as a `ByteStream`, made by `TCPConnector` or `TCPListener`.
///
/// Alive on its own while there is something to wait for, from the reactor's hold on it: an owner ends it with `abort`, or
/// with `finish` and the peer's end. A stream whose delegate is gone aborts itself when the next bytes arrive.
package final class TCPStream: ByteStream, ReadinessHandler {
    private enum Reading {
        case open
        /// The peer sent its FIN, and the delegate has had its last call.
        case ended
    }

    private enum Writing {
        case open
        /// The end follows what is queued.
        case finishing
        /// Our FIN is sent.
        case finished
        /// The kernel refused our bytes. Told to the delegate after what the peer sent before.
        case failed(IOFailure)
    }

    package weak var delegate: (any ByteStreamDelegate)?

    /// The other end; `nil` if it was gone before it could be asked.
    package let peerAddress: SocketAddress?

    private let reactor: Reactor
    /// `nil` once the stream is released.
    private var socket: Descriptor?
    private var registration: Registration?
    private var reading = Reading.open
    private var writing = Writing.open
    private var unsent = ByteQueue()

    /// Takes a connected, non-blocking socket over and reads from it from the next turn on.
    /// - Throws: what registering the socket or setting TCP_NODELAY threw; the socket is closed then.
    init(adopting socket: consuming Descriptor, on reactor: Reactor) throws(IOFailure) {
        reactor.assertCurrent()
        // Each message is one write: holding it back for the last one's acknowledgement (Nagle) only adds a round trip.
        try socket.setOption(CInt(IPPROTO_TCP), TCP_NODELAY)
        // A peer that is gone already is met by the first read, with its reason.
        peerAddress = try? socket.peerAddress()
        self.reactor = reactor
        let descriptor = socket.rawValue
        self.socket = consume socket
        registration = try reactor.register(descriptor, for: .readable, handler: self)
    }

    package var isReceiving = true {
        didSet { if isReceiving != oldValue { updateInterest() } }
    }

    package var unsentByteCount: Int { unsent.count }

    package func write(_ bytes: UnsafeRawBufferPointer) {
        reactor.assertCurrent()
        guard case .open = writing, socket != nil, !bytes.isEmpty else { return }
        var rest = bytes
        if unsent.isEmpty {
            switch send(bytes) {
            case .success(let sent): rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
            case .failure(let failure): return failWriting(failure)
            }
        }
        guard !rest.isEmpty else { return }
        unsent.append(rest)
        updateInterest()
    }

    package func finish() {
        reactor.assertCurrent()
        guard case .open = writing, socket != nil else { return }
        writing = .finishing
        if unsent.isEmpty { sendEnd() }
    }

    package func abort() {
        reactor.assertCurrent()
        delegate = nil
        release()
    }

    package func ready(_ readiness: Readiness) {
        if case .open = reading, readiness.contains(.readable) || readiness.contains(.failed) { receive() }
        // The delegate may have ended the stream meanwhile; then nothing is queued.
        if !unsent.isEmpty, readiness.contains(.writable) || readiness.contains(.failed) { flush() }
    }

    // MARK: Reading

    /// One read and no more: what is left is reported again next turn, so a fast peer cannot hold the loop.
    private func receive() {
        guard let socket = socket?.rawValue else { return }
        guard let delegate else { return abort() }
        let buffer = reactor.readBuffer
        let count: Int?
        do throws(IOFailure) {
            count = try Syscall.attempt("recv") { recv(socket, buffer.baseAddress, buffer.count, 0) }
        } catch {
            return fail(error)
        }
        switch count {
        case nil: return
        case 0: peerFinished()
        case let count?: delegate.streamReceived(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    private func peerFinished() {
        switch writing {
        case .failed(let failure):
            fail(failure)
        case .finished:
            end(.clean)
        case .open, .finishing:
            reading = .ended
            updateInterest()
            tellEnd(.clean)
        }
    }

    // MARK: Writing

    /// Sends what the kernel takes of `bytes` and says how much that was.
    private func send(_ bytes: UnsafeRawBufferPointer) -> Result<Int, IOFailure> {
        guard let socket = socket?.rawValue else { return .success(0) }
        do throws(IOFailure) {
            #if os(Linux)
            return .success(try Syscall.attempt("send") { Glibc.send(socket, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL)) } ?? 0)
            #else
            return .success(try Syscall.attempt("send") { Darwin.send(socket, bytes.baseAddress, bytes.count, 0) } ?? 0)
            #endif
        } catch {
            return .failure(error)
        }
    }

    private func flush() {
        switch unsent.withBytes({ send($0) }) {
        case .success(let sent): unsent.consume(sent)
        case .failure(let failure): return failWriting(failure)
        }
        guard unsent.isEmpty else { return }
        if case .finishing = writing {
            sendEnd()
        } else {
            updateInterest()
        }
    }

    private func sendEnd() {
        guard let socket = socket?.rawValue else { return }
        // ENOTCONN is all this can fail with: the peer reset the connection, which reading will tell.
        _ = shutdown(socket, CInt(SHUT_WR))
        writing = .finished
        if case .ended = reading {
            release()
        } else {
            updateInterest()
        }
    }

    private func failWriting(_ failure: IOFailure) {
        writing = .failed(failure)
        unsent.removeAll()
        // Not told from inside the owner's `write`, which would find its own state changed under it.
        reactor.nextTurn { [self] in reportFailedWriting(failure) }
    }

    private func reportFailedWriting(_ failure: IOFailure) {
        guard socket != nil else { return }
        // What the peer said before it went may be the reason: a close frame, an error response.
        if case .open = reading { receive() }
        if socket != nil { fail(failure) }
    }

    // MARK: The end

    private func fail(_ failure: IOFailure) {
        end(.failed(peerAddress.map { "\(failure) (\($0))" } ?? failure.description))
    }

    private func end(_ end: StreamEnd) {
        release()
        tellEnd(end)
    }

    private func tellEnd(_ end: StreamEnd) {
        let last = delegate
        delegate = nil
        last?.streamEnded(end)
    }

    /// Watches for what the stream still waits for; a stream that waits for nothing is held by its owner alone.
    private func updateInterest() {
        guard let socket = socket?.rawValue else { return }
        var interest: Readiness = []
        if case .open = reading, isReceiving { interest.insert(.readable) }
        if !unsent.isEmpty { interest.insert(.writable) }
        switch registration {
        case let registration? where interest.isEmpty && reading == .ended:
            self.registration = nil
            reactor.unregister(registration)
        case let registration?:
            reactor.update(registration, for: interest)
        case nil where !interest.isEmpty:
            do throws(IOFailure) {
                registration = try reactor.register(socket, for: interest, handler: self)
            } catch {
                failWriting(error)
            }
        case nil:
            break
        }
    }

    private func release() {
        unsent.removeAll()
        if let registration = registration.take() { reactor.unregister(registration) }
        if let socket = socket.take() { _ = consume socket }
    }
}

@available(*, unavailable)
extension TCPStream: Sendable {}
