import Synchronization
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The threads on which a `NameResolver` lets `getaddrinfo` block.
final class LookupPool: Sendable {
    struct Request: Sendable {
        let number: UInt64
        let host: String
        let port: UInt16
    }

    private struct State {
        var waiting: [Request] = []
        var threads = 0
    }

    static let threadLimit = 4

    typealias Answer = Result<[SocketAddress], LookupFailure>

    private let handle: ReactorHandle
    private let ask: @Sendable (Request) -> Answer
    private let state = Mutex(State())

    /// - Parameter ask: blocks until it has the answer.
    init(handle: ReactorHandle, ask: @escaping @Sendable (Request) -> Answer) {
        self.handle = handle
        self.ask = ask
    }

    /// Queues a lookup, and starts a thread for it if there may be another.
    func add(_ request: Request) {
        let needsThread = state.withLock { state in
            state.waiting.append(request)
            guard state.threads < Self.threadLimit else { return false }
            state.threads += 1
            return true
        }
        guard needsThread else { return }
        do throws(IOFailure) {
            // The resolver's plug-ins (nss) are known to want more stack than musl's or Darwin's default for threads.
            _ = try Thread.start(name: "name-lookup", stackSize: 512 * 1024) { [self] in work() }
        } catch {
            // Others may be at work and come to it; if none is, nobody will.
            let abandoned = state.withLock { state -> [Request] in
                state.threads -= 1
                guard state.threads == 0 else { return [] }
                defer { state.waiting = [] }
                return state.waiting
            }
            for request in abandoned {
                answer(request, .failure(LookupFailure(reason: "no thread for it: \(error.reason)", isTemporary: true)))
            }
        }
    }

    /// Drops a lookup that no thread has begun.
    func remove(_ number: UInt64) {
        state.withLock { state in state.waiting.removeAll { $0.number == number } }
    }

    private func work() {
        while let request = next() {
            answer(request, ask(request))
        }
    }

    private func next() -> Request? {
        state.withLock { state in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            // In the same step as finding nothing, so that `add` starts another thread.
            state.threads -= 1
            return nil
        }
    }

    private func answer(_ request: Request, _ result: Answer) {
        handle.post { reactor in reactor.resolver.finish(request.number, with: result) }
    }

    /// Asks the system.
    static func lookUp(_ request: Request) -> Answer {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = SocketAddress.streamType
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(request.host, nil, &hints, &list)
        let systemCode = errno
        defer { if let list { freeaddrinfo(list) } }
        guard code == 0 else {
            let reason = code == EAI_SYSTEM ? IOFailure(call: "getaddrinfo", code: systemCode).reason : String(cString: gai_strerror(code))
            return .failure(LookupFailure(reason: reason, isTemporary: [EAI_AGAIN, EAI_MEMORY, EAI_SYSTEM].contains(code)))
        }
        var addresses: [SocketAddress] = []
        var entry = list
        while let current = entry {
            if let pointer = current.pointee.ai_addr, let address = SocketAddress(pointer, port: request.port), !addresses.contains(address) {
                addresses.append(address)
            }
            entry = current.pointee.ai_next
        }
        guard !addresses.isEmpty else { return .failure(LookupFailure(reason: "neither an IPv4 nor an IPv6 address", isTemporary: false)) }
        return .success(addresses)
    }
}
