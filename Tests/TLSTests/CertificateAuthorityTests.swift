import Certificates
import Testing

@Suite("Certificates made in memory")
struct CertificateAuthorityTests {
    func blocks(_ label: String, in pem: String) -> Int { pem.ranges(of: "-----BEGIN \(label)-----\n").count }

    @Test("A server certificate comes with its key and without the root")
    func issued() throws {
        let authority = try CertificateAuthority()
        let certificate = try authority.issue(.loopback)
        #expect(blocks("CERTIFICATE", in: authority.certificatePEM) == 1)
        #expect(blocks("CERTIFICATE", in: certificate.chainPEM) == 1)
        #expect(blocks("PRIVATE KEY", in: certificate.privateKeyPEM) == 1)
        #expect(certificate.chainPEM != authority.certificatePEM)
    }

    @Test("Every certificate has a key of its own")
    func distinct() throws {
        let authority = try CertificateAuthority()
        let one = try authority.issue(.loopback)
        let two = try authority.issue(.loopback)
        #expect(one.privateKeyPEM != two.privateKeyPEM)
        #expect(one.chainPEM != two.chainPEM)
    }

    @Test("The chain holds every intermediate, the issuer first")
    func chain() throws {
        let upper = try CertificateAuthority().intermediate(name: "upper")
        let lower = try upper.intermediate(name: "lower")
        let chain = try lower.issue(.loopback).chainPEM
        #expect(blocks("CERTIFICATE", in: chain) == 3)
        #expect(chain.hasSuffix(lower.certificatePEM + upper.certificatePEM))
    }

    @Test("What cannot be written into a certificate is named")
    func refused() throws {
        let authority = try CertificateAuthority()
        let address = #expect(throws: CertificateError.self) {
            try authority.issue(CertificateRequest(ipAddresses: ["127.0.0.256"]))
        }
        #expect(address?.description.hasPrefix("cannot make the certificate extension 'IP:127.0.0.256': ") == true)
        let long = String(repeating: "n", count: 65)  // RFC 5280 appendix A.1: ub-common-name is 64
        let name = #expect(throws: CertificateError.self) { try authority.issue(CertificateRequest(commonName: long)) }
        #expect(name?.step == "set the common name '\(long)'")
    }
}
