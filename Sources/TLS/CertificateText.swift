import COpenSSL

/// Reads what a person needs to know out of a peer's `X509`. The peer wrote it, so all text is printable, on one line and short.
enum CertificateText {
    static func subject(of certificate: OpaquePointer) -> String { name(X509_get_subject_name(certificate)) }

    static func issuer(of certificate: OpaquePointer) -> String { name(X509_get_issuer_name(certificate)) }

    /// `dNSName` and `iPAddress` entries of the subject alternative name, in the certificate's order.
    static func alternativeNames(of certificate: OpaquePointer) -> [String] {
        guard let extensionValue = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else { return [] }
        let names = OpaquePointer(extensionValue)
        defer { GENERAL_NAMES_free(names) }
        return (0..<moonwire_general_name_count(names)).compactMap { index in
            guard let entry = moonwire_general_name(names, index) else { return nil }
            let text = printed { GENERAL_NAME_print($0, UnsafeMutablePointer(mutating: entry)) }
            for prefix in ["DNS:", "IP Address:"] where text.hasPrefix(prefix) { return String(text.dropFirst(prefix.count)) }
            return nil
        }
    }

    /// "2026-01-31 23:59:59 UTC".
    static func time(_ time: UnsafePointer<ASN1_TIME>?) -> String {
        guard let generalized = ASN1_TIME_to_generalizedtime(time, nil) else { return "an unreadable date" }
        defer { ASN1_GENERALIZEDTIME_free(generalized) }
        let digits = Array(printed { ASN1_STRING_print($0, generalized) })  // 20260131235959Z
        guard digits.count >= 14 else { return "an unreadable date" }
        func field(_ start: Int, _ count: Int) -> String { String(digits[start..<start + count]) }
        return "\(field(0, 4))-\(field(4, 2))-\(field(6, 2)) \(field(8, 2)):\(field(10, 2)):\(field(12, 2)) UTC"
    }

    /// "C = US, O = Let's Encrypt, CN = R3", with control characters escaped and UTF-8 as it is.
    private static func name(_ name: OpaquePointer?) -> String {
        printed { moonwire_x509_name_print($0, name) }
    }

    /// What `body` prints to a BIO, without control characters and cut to 200 characters.
    private static func printed(_ body: (OpaquePointer) -> CInt) -> String {
        guard let bio = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(bio) }
        _ = body(bio)
        var start: UnsafePointer<CChar>?
        let count = moonwire_bio_memory(bio, &start)
        let text = String(decoding: UnsafeRawBufferPointer(start: start, count: min(count, 800)), as: UTF8.self)
        let printable = text.unicodeScalars.lazy.filter { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
        return String(String.UnicodeScalarView(printable.prefix(200)))
    }
}
