import COpenSSL

/// One entry of this thread's OpenSSL error queue.
struct OpenSSLError {
    let library: CInt
    /// One of the library's `…_R_…` numbers; system errors carry errno here.
    let code: CInt
    /// OpenSSL's own words, or the system's for a system error.
    let reason: String

    /// The oldest entry: what went wrong first, and usually why.
    static var first: OpenSSLError { OpenSSLError(packed: ERR_peek_error()) }

    /// The newest entry.
    static var last: OpenSSLError { OpenSSLError(packed: ERR_peek_last_error()) }

    private init(packed: CUnsignedLong) {
        library = ERR_GET_LIB(packed)
        code = ERR_GET_REASON(packed)
        if let text = ERR_reason_error_string(packed) {
            reason = String(cString: text)
        } else if library == ERR_LIB_SYS {
            // "error:80000002:system library::No such file or directory"
            let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
                ERR_error_string_n(packed, buffer.baseAddress, buffer.count)
                return String(cString: buffer.baseAddress!)
            }
            reason = text.split(separator: ":").last.map(String.init) ?? text
        } else {
            reason = "no reason given"
        }
    }

    /// The TLS alert the peer sent, if that is what this entry reports (`SSL_AD_REASON_OFFSET` plus the alert's number).
    var alert: CInt? {
        library == ERR_LIB_SSL && (SSL_AD_REASON_OFFSET..<SSL_AD_REASON_OFFSET + 256).contains(code)
            ? code - SSL_AD_REASON_OFFSET : nil
    }
}

extension TLSFailure {
    /// OpenSSL returns nil from its constructors only when memory is short.
    static let outOfMemory = TLSFailure(host: nil, cause: .library("out of memory"))
}
