import CCurl
import Reactor

/// libcurl's multi interface driven by a reactor: it says which sockets and which timer it wants, and is told when they are ready.
///
/// libcurl calls back only from inside `curl_multi_socket_action` and the like, and must not be called from there; so the
/// callbacks here only take notes, and completions run after libcurl has returned. Loop-confined.
final class CurlMulti {
    private let reactor: Reactor
    private let configuration: RESTConfiguration
    private let anchors: TrustAnchors
    /// The anchors' bytes where libcurl must read them in place.
    private let anchorBytes: UnsafeMutableRawBufferPointer?
    /// Outlives the transfers: `deinit` ends them first.
    private let peerName: PeerName
    private let multi: UnsafeMutableRawPointer
    /// TLS sessions of all handles: a reconnect resumes whichever handle makes it. One thread, so no lock functions.
    private let share: UnsafeMutableRawPointer
    private var transfers: [UnsafeMutableRawPointer: CurlTransfer] = [:]
    private var spareHandles: [UnsafeMutableRawPointer] = []
    private var sockets: [CInt: CurlSocket] = [:]
    private var timer: TimerToken?

    /// Handles kept for reuse.
    private static let spareLimit = 32

    /// Loaded once per process; safe from any thread in the versions accepted here.
    private static let isLoaded = ccurl_load() == CURLE_OK

    /// - Parameter authority: the base URL's host and port.
    init(reactor: Reactor, configuration: RESTConfiguration, authority: String) throws(RESTError) {
        guard Self.isLoaded, let version = ccurl_version()?.pointee, let multi = curl_multi_init(), let share = curl_share_init() else {
            throw RESTError(.configuration, "libcurl cannot be initialised")
        }
        self.reactor = reactor
        self.configuration = configuration
        peerName = PeerName(authority: authority)
        self.multi = multi
        self.share = share
        do throws(RESTError) {
            // Without it libcurl would look names up on the loop's thread.
            guard version.features & CURL_VERSION_ASYNCHDNS != 0, version.features & CURL_VERSION_SSL != 0, version.version_num >= 0x075500 else {
                throw RESTError(.configuration, "libcurl \(String(cString: version.version)) will not do: 7.85 or later with TLS and the threaded resolver is needed")
            }
            anchors = try TrustAnchors(caFile: configuration.caFile)
        } catch {
            curl_multi_cleanup(multi)
            curl_share_cleanup(share)
            throw error
        }
        if case .memory(let bytes) = anchors {
            anchorBytes = .allocate(byteCount: bytes.count, alignment: 1)
            anchorBytes?.copyBytes(from: bytes)
        } else {
            anchorBytes = nil
        }
        ccurl_share(share, CURL_LOCK_DATA_SSL_SESSION)
        // Safe unretained: `deinit` ends the multi, and with it the callbacks.
        let me = Unmanaged.passUnretained(self).toOpaque()
        ccurl_multi_set_socket(multi, { _, descriptor, wanted, me, _ in
            CurlMulti.from(me).watch(descriptor, for: wanted)
            return 0
        }, me)
        ccurl_multi_set_timer(multi, { _, milliseconds, me in
            CurlMulti.from(me).setTimer(milliseconds)
            return 0
        }, me)
        ccurl_multi_set_long(multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX)
        ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, CLong(configuration.limits.concurrent))
    }

    deinit {
        // No callback reaches an object that is going.
        ccurl_multi_set_socket(multi, nil, nil)
        ccurl_multi_set_timer(multi, nil, nil)
        for socket in sockets.values { socket.end() }
        if let timer { reactor.cancel(timer) }
        for easy in transfers.keys { curl_multi_remove_handle(multi, easy) }
        for easy in transfers.keys { curl_easy_cleanup(easy) }
        for easy in spareHandles { curl_easy_cleanup(easy) }
        curl_multi_cleanup(multi)
        curl_share_cleanup(share)
        anchorBytes?.deallocate()
    }

    private static func from(_ pointer: UnsafeMutableRawPointer?) -> CurlMulti {
        Unmanaged.fromOpaque(pointer!).takeUnretainedValue()
    }

    /// Begins `exchange`. `completion` is called once, in a later turn, unless `cancel` comes first.
    func start(_ exchange: HTTPExchange, completion: @escaping (CurlTransfer, HTTPOutcome) -> Void) -> CurlTransfer? {
        reactor.assertCurrent()
        guard let easy = spareHandles.popLast() ?? curl_easy_init() else { return nil }
        prepare(easy)
        let transfer = CurlTransfer(exchange, easy: easy, responseLimit: configuration.responseLimit, completion: completion)
        guard curl_multi_add_handle(multi, easy) == CURLM_OK else {
            curl_easy_cleanup(easy)
            return nil
        }
        transfers[easy] = transfer
        return transfer
    }

    /// Ends a transfer without calling its completion. Its connection is closed unless it is shared with others (HTTP/2).
    func cancel(_ transfer: CurlTransfer) {
        reactor.assertCurrent()
        guard transfers.removeValue(forKey: transfer.easy) != nil else { return }
        curl_multi_remove_handle(multi, transfer.easy)
        recycle(transfer.easy)
    }

    private func recycle(_ easy: UnsafeMutableRawPointer) {
        if spareHandles.count < Self.spareLimit {
            curl_easy_reset(easy)
            spareHandles.append(easy)
        } else {
            curl_easy_cleanup(easy)
        }
    }

    /// Options that every exchange has.
    private func prepare(_ easy: UnsafeMutableRawPointer) {
        ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        // Skips waiting for the resolver's thread when a transfer ends before it.
        ccurl_set_long(easy, CURLOPT_QUICK_EXIT, 1)
        ccurl_close_sockets_on_exec(easy)
        ccurl_set_share(easy, share)
        let isSecure = configuration.baseURL.hasPrefix("https:")
        ccurl_set_string(easy, CURLOPT_PROTOCOLS_STR, isSecure ? "https" : "http")
        ccurl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
        ccurl_set_long(easy, CURLOPT_PATH_AS_IS, 1)
        ccurl_set_long(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        ccurl_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1)
        ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, configuration.connectTimeout.wholeMilliseconds)
        ccurl_set_string(easy, CURLOPT_USERAGENT, configuration.userAgent)
        if let proxy = configuration.proxy { ccurl_set_string(easy, CURLOPT_PROXY, proxy) }
        if configuration.http2, isSecure {
            ccurl_set_long(easy, CURLOPT_HTTP_VERSION, CLong(CURL_HTTP_VERSION_2TLS))
            // A request that finds a connection being made waits until its handshake tells whether it can be shared. Without TLS
            // only the first answer would tell, and a slow one would hold up all others.
            ccurl_set_long(easy, CURLOPT_PIPEWAIT, 1)
        } else {
            ccurl_set_long(easy, CURLOPT_HTTP_VERSION, CLong(CURL_HTTP_VERSION_1_1))
        }
        ccurl_set_long(easy, CURLOPT_SSLVERSION, CLong(CURL_SSLVERSION_TLSv1_2))
        ccurl_set_long(easy, CURLOPT_SSL_VERIFYPEER, 1)
        ccurl_set_long(easy, CURLOPT_SSL_VERIFYHOST, 2)
        peerName.require(in: easy)
        trust(easy)
    }

    private func trust(_ easy: UnsafeMutableRawPointer) {
        switch anchors {
        case .bundle(let path):
            ccurl_set_string(easy, CURLOPT_CAINFO, path)
            ccurl_set_string(easy, CURLOPT_CAPATH, nil)
        case .directory(let path, let additional):
            ccurl_set_string(easy, CURLOPT_CAINFO, additional)
            ccurl_set_string(easy, CURLOPT_CAPATH, path)
        case .memory:
            if let anchorBytes { ccurl_set_authorities(easy, anchorBytes.baseAddress, anchorBytes.count) }
            ccurl_set_string(easy, CURLOPT_CAPATH, nil)
        case .library: break
        }
    }
}

// MARK: - The reactor's side

extension CurlMulti {
    /// libcurl's socket callback.
    private func watch(_ descriptor: CInt, for wanted: CInt) {
        guard wanted != CURL_POLL_REMOVE else {
            sockets.removeValue(forKey: descriptor)?.end()
            return
        }
        var readiness: Readiness = []
        if wanted & CURL_POLL_IN != 0 { readiness.insert(.readable) }
        if wanted & CURL_POLL_OUT != 0 { readiness.insert(.writable) }
        if let socket = sockets[descriptor] {
            socket.update(readiness)
        } else {
            sockets[descriptor] = CurlSocket(descriptor, for: readiness, multi: self, reactor: reactor)
        }
    }

    /// libcurl's timer callback: one timer for all, negative for none.
    private func setTimer(_ milliseconds: CLong) {
        let deadline = reactor.now + .milliseconds(milliseconds)
        if let timer {
            if milliseconds >= 0, reactor.reschedule(timer, at: deadline) { return }
            reactor.cancel(timer)
        }
        timer = milliseconds < 0 ? nil : reactor.schedule(at: deadline) { [weak self] in
            self?.timer = nil
            self?.act(on: CURL_SOCKET_TIMEOUT, 0)
        }
    }

    /// Tells libcurl what happened and completes what it finished.
    func act(on descriptor: CInt, _ readiness: CInt) {
        var running: CInt = 0
        curl_multi_socket_action(multi, descriptor, readiness, &running)
        var finished: [(CurlTransfer, HTTPOutcome)] = []
        var left: CInt = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            let result = ccurl_message_result(message)
            guard let transfer = transfers[easy] else { continue }
            finished.append((transfer, transfer.outcome(result)))
        }
        for (transfer, outcome) in finished {
            // A completion before this one may have cancelled it.
            guard transfers.removeValue(forKey: transfer.easy) != nil else { continue }
            transfer.completion(transfer, outcome)
            curl_multi_remove_handle(multi, transfer.easy)
            recycle(transfer.easy)
        }
    }
}
