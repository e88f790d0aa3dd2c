/// Why a TLS connection could not be made or kept, as a cause to match on and as one line for a person.
package struct TLSFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The peer as it was asked for, nil where no peer is involved (setting up a context).
    package let host: String?
    package let cause: Cause

    package init(host: String?, cause: Cause) {
        self.host = host
        self.cause = cause
    }

    package enum Cause: Equatable, Sendable {
        /// The CA file could not be read, or holds no certificate.
        case trustFile(path: String, reason: String)
        /// The certificate chain or the key of a server cannot be used.
        case identity(String)
        /// The host is neither a DNS name in ASCII form nor an IP address.
        case invalidHost
        /// A certificate's time is over; `subject` is nil for the server's own certificate.
        case expired(subject: String?, notAfter: String)
        /// A certificate's time has not begun; `subject` is nil for the server's own certificate.
        case notYetValid(subject: String?, notBefore: String)
        /// The certificate names other hosts: its subject alternative names, none if it has only a common name.
        case hostMismatch(names: [String])
        /// The server's certificate is signed by itself and not in the trust store.
        case selfSigned
        /// The chain ends at an authority that is not in the trust store.
        case unknownAuthority(issuer: String, trustStoreIsEmpty: Bool)
        /// Any other verdict of chain verification (RFC 5280 §6), in OpenSSL's words.
        case certificateRejected(String)
        /// The peer speaks only versions older than TLS 1.2.
        case protocolVersion
        /// The peer answered in clear text HTTP.
        case plainHTTP
        /// The peer's first bytes are no TLS record.
        case notTLS
        /// The peer sent a fatal alert (RFC 8446 §6.2), named as OpenSSL names it.
        case alert(String)
        /// The peer closed the connection during the handshake.
        case closedDuringHandshake
        /// The stream below failed.
        case transport(String)
        /// The peer broke the protocol, or sent a record that does not decrypt.
        case protocolError(String)
        /// OpenSSL itself failed, for lack of memory or by its configuration.
        case library(String)
    }

    package var description: String {
        guard let host else { return "TLS: \(cause)" }
        if case .hostMismatch(let names) = cause, names.contains(host) {
            return "TLS with \(host): the server's certificate has this address among its DNS names, where it does not count; "
                + "the server's operator must put it in as an address (IP:\(host))"
        }
        return "TLS with \(host): \(cause)"
    }
}

extension TLSFailure.Cause: CustomStringConvertible {
    /// What happened and what to do about it, on one line and without the host.
    package var description: String {
        switch self {
        case .trustFile(let path, let reason):
            "cannot use the CA file '\(path)': \(reason); name a PEM file with at least one CERTIFICATE block"
        case .identity(let reason):
            "cannot use the server certificate: \(reason)"
        case .invalidHost:
            "the host is neither an ASCII DNS name nor an IP address; write international names in their xn-- form"
        case .expired(let subject, let notAfter):
            "\(Self.certificate(subject)) expired on \(notAfter); the server's operator must renew it, "
                + "unless this machine's clock is wrong"
        case .notYetValid(let subject, let notBefore):
            "\(Self.certificate(subject)) is not valid before \(notBefore); check this machine's clock"
        case .hostMismatch(let names) where names.isEmpty:
            "the server's certificate names no host (it has no subject alternative name, and a common name does not count); "
                + "the server's operator must replace it"
        case .hostMismatch(let names):
            "the server's certificate is for \(Self.list(names)), not for this host; check the address"
        case .selfSigned:
            "the server's certificate is signed by itself; if the server is yours, name that certificate as the CA file"
        case .unknownAuthority(_, trustStoreIsEmpty: true):
            "this system has no certificate authorities to verify with; install the package ca-certificates or name a CA file"
        case .unknownAuthority(let issuer, trustStoreIsEmpty: false):
            "the authority '\(issuer)' that signed the server's certificate is not trusted here, or the server left out "
                + "a certificate of its chain; if that authority is yours, name its certificate as the CA file"
        case .certificateRejected(let reason):
            "the server's certificate does not verify: \(reason)"
        case .protocolVersion:
            "the server does not speak TLS 1.2 or 1.3; older versions are not safe to use, so the server must be updated"
        case .plainHTTP:
            "the server answered in plain HTTP; the address or port is not a TLS one (write ws:// or http:// if that is meant)"
        case .notTLS:
            "the server's answer is not TLS; check address and port"
        case .alert(let name):
            "the peer refused: it sent the alert '\(name)'"
        case .closedDuringHandshake:
            "the peer closed the connection during the handshake; check that the port is a TLS one, and try again"
        case .transport(let reason):
            reason
        case .protocolError(let reason):
            "the peer broke the protocol: \(reason)"
        case .library(let reason):
            "OpenSSL failed: \(reason)"
        }
    }

    private static func certificate(_ subject: String?) -> String {
        subject.map { "the certificate '\($0)' in the server's chain" } ?? "the server's certificate"
    }

    /// The first names; a certificate may carry hundreds.
    private static func list(_ names: [String]) -> String {
        let shown = 5
        let head = names.prefix(shown).joined(separator: ", ")
        return names.count > shown ? "\(head) and \(names.count - shown) more" : head
    }
}
