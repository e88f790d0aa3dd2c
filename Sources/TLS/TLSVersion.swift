import COpenSSL

/// The versions of TLS this project speaks.
package enum TLSVersion: String, Sendable {
    /// RFC 5246.
    case tls12 = "TLS 1.2"
    /// RFC 8446.
    case tls13 = "TLS 1.3"

    var openSSLNumber: CInt {
        switch self {
        case .tls12: TLS1_2_VERSION
        case .tls13: TLS1_3_VERSION
        }
    }
}
