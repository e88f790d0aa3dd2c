import COpenSSL

extension TLSFailure.Cause {
    /// Reads a failed call: `error` is what OpenSSL queued, `firstBytes` how the peer's answer began if it has not got past that.
    init(_ error: OpenSSLError, firstBytes: [UInt8]) {
        if firstBytes.starts(with: "HTTP/".utf8) {
            self = .plainHTTP
        } else if let first = firstBytes.first, !Self.recordTypes.contains(first) {
            self = .notTLS
        } else if let alert = error.alert {
            self = alert == SSL_AD_PROTOCOL_VERSION ? .protocolVersion : .alert(String(cString: SSL_alert_desc_string_long(alert)))
        } else if error.library == ERR_LIB_SSL, Self.versionReasons.contains(error.code) {
            self = .protocolVersion
        } else if error.library == ERR_LIB_SSL {
            self = .protocolError(error.reason)
        } else {
            self = .library(error.reason)
        }
    }

    /// change_cipher_spec, alert, handshake, application_data (RFC 8446 §5.1).
    private static let recordTypes: ClosedRange<UInt8> = 20...23

    private static let versionReasons: [CInt] = [
        SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_WRONG_SSL_VERSION, SSL_R_WRONG_VERSION_NUMBER, SSL_R_NO_PROTOCOLS_AVAILABLE,
    ]

    /// Reads why `chain`, an `X509_STORE_CTX` in its verification callback, was refused.
    init(verifying chain: OpaquePointer) {
        let code = X509_STORE_CTX_get_error(chain)
        guard let current = X509_STORE_CTX_get_current_cert(chain) ?? X509_STORE_CTX_get0_cert(chain) else {
            self = .certificateRejected(String(cString: X509_verify_cert_error_string(CLong(code))))
            return
        }
        let depth = X509_STORE_CTX_get_error_depth(chain)
        let subject = depth > 0 ? CertificateText.subject(of: current) : nil
        self =
            switch code {
            case X509_V_ERR_CERT_HAS_EXPIRED:
                .expired(subject: subject, notAfter: CertificateText.time(X509_get0_notAfter(current)))
            case X509_V_ERR_CERT_NOT_YET_VALID:
                .notYetValid(subject: subject, notBefore: CertificateText.time(X509_get0_notBefore(current)))
            case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
                .hostMismatch(names: X509_STORE_CTX_get0_cert(chain).map(CertificateText.alternativeNames) ?? [])
            case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
                .selfSigned
            case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
                X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
                .unknownAuthority(
                    issuer: CertificateText.issuer(of: current),
                    trustStoreIsEmpty: X509_STORE_CTX_get0_store(chain).map(TrustStore.isEmpty) ?? false)
            default:
                .certificateRejected(String(cString: X509_verify_cert_error_string(CLong(code))))
            }
    }
}
