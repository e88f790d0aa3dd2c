import CCurl
import COpenSSL

/// The host whose certificate libcurl is to accept, kept where its callback finds it.
///
/// libcurl compares the subject alternative names too, but falls back on the common name of a certificate that has none, which RFC 9525 §2
/// forbids and the gateway's connections refuse. So OpenSSL is told the name as well, before each handshake.
final class PeerName {
    /// Without port and brackets, ending in a zero.
    private let host: [CChar]

    /// - Parameter authority: host and port, as in a URL.
    init(authority: String) {
        let host = authority.hasPrefix("[")
            ? authority.dropFirst().prefix { $0 != "]" }
            : authority.prefix { $0 != ":" }
        self.host = Array(String(host).utf8CString)
    }

    /// Whether libcurl's TLS is the OpenSSL of this process, so that our calls reach its objects. Elsewhere it is the system's own, as on macOS.
    static let isKnown: Bool = {
        guard let backend = ccurl_version()?.pointee.ssl_version, let own = OpenSSL_version(OPENSSL_VERSION_STRING) else { return false }
        return String(cString: backend) == "OpenSSL/" + String(cString: own)
    }()

    /// Has handshakes of `easy` checked. The name must outlive its transfers.
    func require(in easy: UnsafeMutableRawPointer) {
        guard Self.isKnown else { return }
        ccurl_set_tls_context(easy, { _, context, name in
            PeerName.require(name, in: context) ? CURLE_OK : CURLE_PEER_FAILED_VERIFICATION
        }, Unmanaged.passUnretained(self).toOpaque())
    }

    private static func require(_ name: UnsafeMutableRawPointer?, in context: UnsafeMutableRawPointer?) -> Bool {
        guard let name, let context, let parameters = SSL_CTX_get0_param(OpaquePointer(context)) else { return false }
        let host = Unmanaged<PeerName>.fromOpaque(name).takeUnretainedValue().host
        X509_VERIFY_PARAM_set_hostflags(parameters, UInt32(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        // An address is compared with the certificate's addresses; what is none is a name.
        return X509_VERIFY_PARAM_set1_ip_asc(parameters, host) == 1 || X509_VERIFY_PARAM_set1_host(parameters, host, 0) == 1
    }
}
