import COpenSSL

/// Sessions to resume (RFC 5077, RFC 8446 §2.2), by peer, the newest first. Bounded, in memory only, and confined to the
/// reactor thread.
///
/// A resumed handshake needs neither certificate nor signature, and connections resumed from one another share the
/// verified chain in memory, which a thousand shards to one gateway notice.
package final class TLSSessionCache {
    /// Sessions kept in all. One costs about 1 KB, plus its certificate chain unless another session shares that.
    private let capacity: Int
    /// Sessions kept for one peer, so that many connections to it do not push out everyone else's.
    private let capacityPerPeer: Int

    private struct Entry {
        let peer: String
        /// One reference to an `SSL_SESSION`, owned by the cache.
        let session: OpaquePointer
    }

    /// Oldest first.
    private var entries: [Entry] = []

    package init(capacity: Int = 64, capacityPerPeer: Int = 8) {
        precondition(capacityPerPeer >= 1 && capacity >= capacityPerPeer, "a cache holds at least one session")
        self.capacity = capacity
        self.capacityPerPeer = capacityPerPeer
    }

    deinit { removeAll() }

    /// Sessions kept now.
    package var count: Int { entries.count }

    /// Forgets every session; the next handshakes are full ones.
    package func removeAll() {
        for entry in entries { SSL_SESSION_free(entry.session) }
        entries.removeAll()
    }

    /// Keeps `session` and takes over the caller's reference to it.
    func add(_ session: OpaquePointer, for peer: String) {
        let ofPeer = entries.count { $0.peer == peer }
        if ofPeer >= capacityPerPeer, let oldest = entries.firstIndex(where: { $0.peer == peer }) {
            SSL_SESSION_free(entries.remove(at: oldest).session)
        } else if entries.count >= capacity {
            SSL_SESSION_free(entries.removeFirst().session)
        }
        entries.append(Entry(peer: peer, session: session))
    }

    /// The newest session for `peer`, as a reference that the caller must free.
    ///
    /// A TLS 1.3 ticket leaves the cache: used twice, it would let an onlooker link two connections (RFC 8446 §C.4).
    func take(for peer: String) -> OpaquePointer? {
        guard let index = entries.lastIndex(where: { $0.peer == peer }) else { return nil }
        let session = entries[index].session
        if SSL_SESSION_get_protocol_version(session) == TLS1_3_VERSION {
            entries.remove(at: index)
        } else {
            SSL_SESSION_up_ref(session)
        }
        return session
    }

    /// Forgets the sessions with `peer`: after a fatal alert they are not to be used again (RFC 8446 §6.2), and if it was the
    /// resumption that failed, the next handshake is a full one.
    func forget(_ peer: String) {
        for entry in entries where entry.peer == peer { SSL_SESSION_free(entry.session) }
        entries.removeAll { $0.peer == peer }
    }
}
