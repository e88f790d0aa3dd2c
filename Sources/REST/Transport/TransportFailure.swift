import CCurl

/// Why a transfer brought no whole answer.
struct TransportFailure: Equatable {
    var kind: RESTError.Kind
    /// One line: what failed, at which host, and what to do about it.
    var message: String
    /// Whether any byte of the request was sent: then it may have taken effect.
    var wasWritten: Bool
    /// Whether the same may succeed in a moment.
    var isPassing: Bool

    init(answerLongerThan limit: Int) {
        kind = .tooLarge
        message = "the answer is longer than the limit of \(limit) bytes"
        wasWritten = true
        isPassing = false
    }

    /// The exchange could not even begin: libcurl has no memory for it.
    static let notStarted = TransportFailure(CURLE_OUT_OF_MEMORY, detail: "", host: "", wasWritten: false)

    /// Tells what `code` means for the exchange with `host`; `detail` is libcurl's own words for this case, if it had any.
    init(_ code: CURLcode, detail: String, host: String, wasWritten: Bool) {
        let words = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        self.wasWritten = wasWritten
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST:
            (kind, isPassing) = (.transport, true)
            message = "cannot find \(host): \(words); check the network connection and [discord] api_url"
        case CURLE_COULDNT_RESOLVE_PROXY:
            (kind, isPassing) = (.transport, true)
            message = "cannot find the proxy: \(words); check HTTPS_PROXY"
        case CURLE_COULDNT_CONNECT, CURLE_PROXY:
            (kind, isPassing) = (.transport, true)
            message = "cannot reach \(host): \(words); check the network connection, the firewall, [discord] api_url, and HTTPS_PROXY where it is set"
        case CURLE_PEER_FAILED_VERIFICATION:
            (kind, isPassing) = (.certificate, false)
            message = "the certificate of \(host) does not verify: \(words); \(Self.remedy(forCertificate: words))"
        case CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR:
            (kind, isPassing) = (.certificate, false)
            message = "cannot verify \(host): \(words); install ca-certificates or correct [discord] ca_file"
        case CURLE_SSL_CONNECT_ERROR:
            (kind, isPassing) = (.transport, true)
            message = "no TLS connection to \(host): \(words)"
        case CURLE_OPERATION_TIMEDOUT:
            (kind, isPassing) = (.timedOut, true)
            message = "no answer from \(host) in time: \(words)"
        case CURLE_SEND_FAIL_REWIND:
            // libcurl wanted to begin again on a fresh connection, and `UploadSource` did not let it.
            (kind, isPassing) = (.transport, false)
            message = "the connection to \(host) broke before the answer; not sent again, because it could take effect twice"
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT, CURLE_NOT_BUILT_IN:
            (kind, isPassing) = (.configuration, false)
            message = "cannot use [discord] api_url: \(words)"
        case CURLE_OUT_OF_MEMORY:
            (kind, isPassing) = (.transport, false)
            message = "out of memory in the HTTP library"
        default:
            (kind, isPassing) = (.transport, true)
            message = "the connection to \(host) broke: \(words)"
        }
    }

    private static func remedy(forCertificate words: String) -> String {
        if words.contains("expired") || words.contains("not yet valid") {
            return "check this machine's clock, or renew the certificate"
        }
        if words.contains("subject name") || words.contains("match") {
            return "api_url must name a host that the certificate names"
        }
        return "if the server's authority is your own, name its PEM file in [discord] ca_file"
    }
}
