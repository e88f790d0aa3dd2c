import CCurl

/// One libcurl easy handle at work on one exchange. Owned by a `CurlMulti`, which outlives it.
final class CurlTransfer {
    let easy: UnsafeMutableRawPointer
    let completion: (CurlTransfer, HTTPOutcome) -> Void
    private let host: String
    private let responseLimit: Int
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var mime: OpaquePointer?
    private var sources: [UploadSource] = []
    private let errorText: UnsafeMutablePointer<CChar>
    private var answer = HTTPAnswer()
    private var headerBytes = 0
    /// Whether the empty line that ends a header has come since the last status line.
    private var isHeaderWhole = false
    private var isTooLarge = false

    /// Longest header in bytes, that of interim answers included. Discord's has two thousand.
    private static let headerLimit = 64 * 1024

    /// Sets `easy`, which has no options yet but those of the multi, up for `exchange`.
    init(_ exchange: HTTPExchange, easy: UnsafeMutableRawPointer, responseLimit: Int, completion: @escaping (CurlTransfer, HTTPOutcome) -> Void) {
        self.easy = easy
        self.responseLimit = responseLimit
        host = exchange.host
        self.completion = completion
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
        // Safe unretained: the multi keeps this object until it has taken the handle out of libcurl's hands.
        let me = Unmanaged.passUnretained(self).toOpaque()
        ccurl_set_pointer(easy, CURLOPT_PRIVATE, me)
        ccurl_set_write(easy) { bytes, size, count, me in
            CurlTransfer.from(me).receive(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
        }
        ccurl_set_pointer(easy, CURLOPT_WRITEDATA, me)
        ccurl_set_header(easy) { bytes, size, count, me in
            CurlTransfer.from(me).receiveHeader(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
        }
        ccurl_set_pointer(easy, CURLOPT_HEADERDATA, me)

        ccurl_set_string(easy, CURLOPT_URL, exchange.url)
        ccurl_set_long(easy, CURLOPT_TIMEOUT_MS, exchange.timeout.wholeMilliseconds)
        prepareBody(exchange)
        for line in exchange.headers { headerList = curl_slist_append(headerList, line) }
        ccurl_set_headers(easy, headerList)
    }

    /// The handle must be out of its multi and reset, or gone.
    deinit {
        curl_slist_free_all(headerList)
        curl_mime_free(mime)
        errorText.deallocate()
    }

    /// The transfer a callback belongs to.
    static func from(_ pointer: UnsafeMutableRawPointer?) -> CurlTransfer {
        Unmanaged.fromOpaque(pointer!).takeUnretainedValue()
    }

    /// What came of the exchange, once libcurl has reported `result`.
    func outcome(_ result: CURLcode) -> HTTPOutcome {
        guard result == CURLE_OK else {
            var written: CLong = 0
            ccurl_get_long(easy, CURLINFO_REQUEST_SIZE, &written)
            if isTooLarge { return .failed(TransportFailure(answerLongerThan: headerBytes > Self.headerLimit ? Self.headerLimit : responseLimit)) }
            return .failed(TransportFailure(result, detail: String(cString: errorText), host: host, wasWritten: written > 0))
        }
        // libcurl takes a header that the end of the connection cuts short for a whole answer.
        guard isHeaderWhole else { return .failed(TransportFailure(CURLE_PARTIAL_FILE, detail: "the answer's header is cut short", host: host, wasWritten: true)) }
        var status: CLong = 0
        ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        answer.status = Int(status)
        return .answered(answer)
    }

    /// Connections that were made for this exchange; 0 if it travelled on an open one.
    var connectionsMade: Int {
        var count: CLong = 0
        ccurl_get_long(easy, CURLINFO_NUM_CONNECTS, &count)
        return Int(count)
    }
}

// MARK: - Sending

extension CurlTransfer {
    private func prepareBody(_ exchange: HTTPExchange) {
        switch exchange.body {
        case .none where exchange.method == .get || exchange.method == .delete:
            ccurl_set_long(easy, CURLOPT_HTTPGET, 1)
        case .none:
            send([], of: exchange)
        case .json(let bytes):
            headerList = curl_slist_append(headerList, "Content-Type: application/json")
            send(bytes, of: exchange)
        case .multipart(let payload, let files):
            prepareMultipart(payload, files, isReplayable: exchange.isReplayable)
        }
        ccurl_set_string(easy, CURLOPT_CUSTOMREQUEST, exchange.method.rawValue)
    }

    /// A body that may be sent twice is handed over whole. Another is read as it goes, because then libcurl must ask before it
    /// begins again on a fresh connection, and is told no. For an empty one it does not ask, but begins again only where an open
    /// connection turned out to be dead: so that one takes none.
    private func send(_ bytes: [UInt8], of exchange: HTTPExchange) {
        if bytes.isEmpty { headerList = curl_slist_append(headerList, "Content-Type:") }
        if bytes.isEmpty, !exchange.isReplayable { ccurl_set_long(easy, CURLOPT_FRESH_CONNECT, 1) }
        ccurl_set_long(easy, CURLOPT_POST, 1)
        ccurl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
        if exchange.isReplayable || bytes.isEmpty {
            bytes.withUnsafeBytes { _ = ccurl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: $0.baseAddress ?? UnsafeRawPointer(errorText))) }
        } else {
            let source = hold(bytes, isReplayable: false)
            ccurl_set_read(easy, readUpload)
            ccurl_set_pointer(easy, CURLOPT_READDATA, source)
            ccurl_set_seek(easy, seekUpload)
            ccurl_set_pointer(easy, CURLOPT_SEEKDATA, source)
        }
    }

    private func prepareMultipart(_ payload: [UInt8], _ files: [UploadFile], isReplayable: Bool) {
        mime = curl_mime_init(easy)
        let json = addPart("payload_json", payload, isReplayable: isReplayable)
        curl_mime_type(json, "application/json")
        for (index, file) in files.enumerated() {
            let part = addPart("files[\(index)]", file.bytes, isReplayable: isReplayable)
            curl_mime_filename(part, file.name)
            curl_mime_type(part, file.contentType ?? "application/octet-stream")
        }
        ccurl_set_mime(easy, mime)
    }

    private func addPart(_ name: String, _ bytes: [UInt8], isReplayable: Bool) -> OpaquePointer? {
        let part = curl_mime_addpart(mime)
        curl_mime_name(part, name)
        curl_mime_data_cb(part, curl_off_t(bytes.count), readUpload, seekUpload, nil, hold(bytes, isReplayable: isReplayable))
        return part
    }

    private func hold(_ bytes: [UInt8], isReplayable: Bool) -> UnsafeMutableRawPointer {
        let source = UploadSource(bytes, isReplayable: isReplayable)
        sources.append(source)
        return Unmanaged.passUnretained(source).toOpaque()
    }
}

/// `CURLOPT_READFUNCTION` over an `UploadSource`, which its transfer keeps.
private let readUpload: curl_read_callback = { buffer, size, count, source in
    let source = Unmanaged<UploadSource>.fromOpaque(source!).takeUnretainedValue()
    return source.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
}

/// `CURLOPT_SEEKFUNCTION` over an `UploadSource`; libcurl seeks from the start only (`SEEK_SET`).
private let seekUpload: curl_seek_callback = { source, offset, origin in
    let source = Unmanaged<UploadSource>.fromOpaque(source!).takeUnretainedValue()
    return origin == 0 && source.seek(to: Int(offset)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
}

// MARK: - Receiving

extension CurlTransfer {
    /// Takes bytes of the body; `false` ends the transfer.
    private func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        isTooLarge = bytes.count > responseLimit - answer.body.count
        if !isTooLarge { answer.body.append(contentsOf: bytes) }
        return !isTooLarge
    }

    /// Takes one header line; `false` ends the transfer. A status line begins a new answer: 1xx ones come before the final one.
    private func receiveHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        isTooLarge = headerBytes > Self.headerLimit
        guard !isTooLarge, let first = line.first else { return !isTooLarge }
        if first == UInt8(ascii: "\r") || first == UInt8(ascii: "\n") { isHeaderWhole = true }
        switch first | 0x20 {
        case UInt8(ascii: "h") where line.starts(with: "HTTP/".utf8):
            answer = HTTPAnswer()
            isHeaderWhole = false
        case UInt8(ascii: "c"), UInt8(ascii: "l"), UInt8(ascii: "r"), UInt8(ascii: "x"):
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { break }
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            let value = String(decoding: line[(colon + 1)...].trimmingBlanks(), as: UTF8.self)
            switch name {
            case "location": answer.location = value
            case "content-length":
                guard let length = Int(value) else { break }
                isTooLarge = length > responseLimit
                if !isTooLarge { answer.body.reserveCapacity(length) }
            default: answer.limits.absorb(name: name, value: value)
            }
        default: break
        }
        return !isTooLarge
    }
}

extension Slice<UnsafeRawBufferPointer> {
    /// Without the blanks and line ends around a field value (RFC 9110 §5.5).
    fileprivate func trimmingBlanks() -> Self {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }
        guard let start = firstIndex(where: { !isBlank($0) }), let end = lastIndex(where: { !isBlank($0) }) else { return self[endIndex...] }
        return self[start...end]
    }
}

extension Duration {
    /// Rounded up, at least 1: libcurl takes 0 for "no limit".
    var wholeMilliseconds: CLong {
        let (seconds, attoseconds) = components
        return max(1, CLong(seconds) * 1000 + CLong((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }
}
