/// When a certificate is valid, in seconds from the moment it is made (RFC 5280 §4.1.2.5).
package struct CertificateValidity: Sendable, Equatable {
    package var notBefore: Int
    package var notAfter: Int

    package init(notBefore: Int, notAfter: Int) {
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    private static let day = 86_400

    /// From an hour ago, so that clocks may differ a little, for 30 days.
    package static let current = CertificateValidity(notBefore: -3600, notAfter: 30 * day)
    /// Ended yesterday.
    package static let expired = CertificateValidity(notBefore: -30 * day, notAfter: -day)
    /// Begins tomorrow.
    package static let notYetValid = CertificateValidity(notBefore: day, notAfter: 30 * day)
}
