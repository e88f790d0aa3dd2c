/// What an end-entity certificate shall say.
package struct CertificateRequest: Sendable, Equatable {
    /// `dNSName` entries of the subject alternative name, wildcards as written ("*.example.com").
    package var dnsNames: [String]
    /// `iPAddress` entries of the subject alternative name, IPv4 or IPv6 in text form.
    package var ipAddresses: [String]
    /// The subject's common name. It never identifies a server to a correct client (RFC 6125 §6.4.4, RFC 9525 §2).
    package var commonName: String
    package var validity: CertificateValidity

    /// A request with neither DNS names nor addresses gives a certificate with a common name only.
    package init(
        dnsNames: [String] = [], ipAddresses: [String] = [], commonName: String = "Moonwire",
        validity: CertificateValidity = .current
    ) {
        self.dnsNames = dnsNames
        self.ipAddresses = ipAddresses
        self.commonName = commonName
        self.validity = validity
    }

    /// What a server on this machine needs: `localhost`, 127.0.0.1 and ::1.
    package static let loopback = CertificateRequest(
        dnsNames: ["localhost"], ipAddresses: ["127.0.0.1", "::1"], commonName: "localhost")
}
