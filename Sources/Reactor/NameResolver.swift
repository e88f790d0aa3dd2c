#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Turns host names into addresses without blocking its reactor.
///
/// `getaddrinfo` blocks, so it runs on threads that live while there are names to look up, four at the most: names that a
/// dead resolver holds up cannot pile up threads. A lookup that nobody wants any more is dropped from the queue; one that is
/// already asked cannot be called back, so its answer is thrown away.
package final class NameResolver {
    package typealias Completion = (Result<[SocketAddress], LookupFailure>) -> Void

    /// Names a lookup under way.
    package struct Token: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    private let pool: LookupPool
    private var completions: [UInt64: Completion] = [:]
    private var lastNumber: UInt64 = 0

    /// - Parameter ask: answers one request, blocking a thread of the pool.
    init(handle: ReactorHandle, ask: @escaping @Sendable (LookupPool.Request) -> LookupPool.Answer = LookupPool.lookUp) {
        pool = LookupPool(handle: handle, ask: ask)
    }

    /// Looks `host` up and calls `completion` with at least one address, in the system's order of preference (RFC 6724).
    ///
    /// `completion` is called on the loop, never before this call returns, and not after `cancel`.
    package func resolve(_ host: String, port: UInt16, completion: @escaping Completion) -> Token {
        lastNumber += 1
        completions[lastNumber] = completion
        pool.add(LookupPool.Request(number: lastNumber, host: host, port: port))
        return Token(number: lastNumber)
    }

    /// Forgets a lookup: its completion is not called. Idempotent.
    package func cancel(_ token: Token) {
        let completion = completions.removeValue(forKey: token.number)
        pool.remove(token.number)
        // Ends here, outside the access to the table.
        _ = consume completion
    }

    /// Takes an answer of the pool.
    func finish(_ number: UInt64, with result: Result<[SocketAddress], LookupFailure>) {
        completions.removeValue(forKey: number)?(result)
    }
}
