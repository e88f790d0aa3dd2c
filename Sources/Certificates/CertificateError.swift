import COpenSSL

/// OpenSSL refused to make a key or a certificate.
package struct CertificateError: Error, Equatable, CustomStringConvertible {
    /// What was being made when it failed, for example "add subject alternative name DNS:".
    package let step: String
    /// OpenSSL's own words.
    package let reason: String

    package var description: String { "cannot \(step): \(reason)" }

    /// Takes the newest entry of this thread's OpenSSL error queue and empties the queue.
    init(_ step: String) {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        self.step = step
        self.reason = ERR_reason_error_string(code).map { String(cString: $0) } ?? "no reason given"
    }
}
