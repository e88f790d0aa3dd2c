/// What one call into OpenSSL came to, folded once from its return value, `SSL_get_error` and the error queue.
enum TLSOutcome {
    /// More records are needed first.
    case incomplete
    case complete
    /// The peer sent close_notify.
    case closed
    case failed(TLSFailure.Cause)
}
