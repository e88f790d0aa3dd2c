import Certificates
import Reactor
import TLS
import TestSupport
import Testing

@Suite("Verification of the peer (RFC 5280 §6, RFC 9525)")
struct PeerVerificationTests {
    /// What a client that asked for `host` says about a server with `certificate`; nil if it connected.
    func failure(_ certificate: IssuedCertificate, host: String, client: TLSContext? = nil) throws -> TLSFailure? {
        let pair = try TLSPair(client: client ?? TestContexts.client(), server: TestContexts.server(certificate), host: host)
        pair.link.run()
        if let failure = pair.clientFailure {
            #expect(pair.clientOutcomes.count == 1)
            #expect(pair.clientDelegate.received.isEmpty && pair.clientDelegate.ends.isEmpty)
            #expect(pair.link.client.isAborted)
            #expect(!failure.description.contains("\n"))
            return failure
        }
        #expect(pair.isConnected)
        return nil
    }

    func issue(_ request: CertificateRequest) throws -> IssuedCertificate { try TestContexts.root.get().issue(request) }

    @Test(
        "A name of the certificate's subject alternative name connects",
        arguments: [
            ("gateway.discord.gg", ["discord.gg", "gateway.discord.gg"], [String]()),
            ("GATEWAY.Discord.GG", ["gateway.discord.gg"], []),
            ("gateway.discord.gg.", ["gateway.discord.gg"], []),
            ("gateway.discord.gg", ["*.discord.gg"], []),
            ("a_b.example", ["a_b.example"], []),
            ("127.0.0.1", [], ["127.0.0.1"]),
            ("::1", [], ["::1"]),
            ("[::1]", [], ["0:0:0:0:0:0:0:1"]),
            ("fe80::1%eth0", [], ["fe80::1"]),
        ])
    func accepted(host: String, dnsNames: [String], ipAddresses: [String]) throws {
        let certificate = try issue(CertificateRequest(dnsNames: dnsNames, ipAddresses: ipAddresses))
        #expect(try failure(certificate, host: host) == nil)
    }

    @Test(
        "A certificate for other names is refused, and the failure says whom it is for",
        arguments: [
            ("gateway.discord.gg", ["discord.gg"], [String]()),
            ("discord.gg", ["*.discord.gg"], []),
            ("a.b.discord.gg", ["*.discord.gg"], []),
            ("gateway.discord.gg", ["gate*.discord.gg"], []),
            ("gateway.discord.gg", ["*way.discord.gg"], []),
            ("discord.gg", ["*.gg.", "*"], []),
            // An address is matched by iPAddress names only (RFC 9525 §6.5), a name by dNSName only.
            ("127.0.0.1", ["127.0.0.1"], []),
            ("127.0.0.1", ["*.0.0.1"], ["127.0.0.2"]),
            ("localhost", [], ["127.0.0.1"]),
        ])
    func mismatch(host: String, dnsNames: [String], ipAddresses: [String]) throws {
        let certificate = try issue(CertificateRequest(dnsNames: dnsNames, ipAddresses: ipAddresses, commonName: host))
        let failure = try failure(certificate, host: host)
        #expect(failure?.cause == .hostMismatch(names: dnsNames + ipAddresses))
        #expect(failure?.host == host)
    }

    @Test("A common name alone names nobody (RFC 9525 §2)")
    func commonNameOnly() throws {
        let failure = try #require(try failure(issue(CertificateRequest(commonName: "localhost")), host: "localhost"))
        #expect(failure.cause == .hostMismatch(names: []))
        #expect(
            failure.description
                == "TLS with localhost: the server's certificate names no host (it has no subject alternative name, "
                + "and a common name does not count); the server's operator must replace it")
    }

    @Test("An address among the DNS names does not count, and the failure says so (RFC 9525 §6.5)")
    func addressAsName() throws {
        let failure = try #require(try failure(issue(CertificateRequest(dnsNames: ["127.0.0.1"])), host: "127.0.0.1"))
        #expect(
            failure.description == "TLS with 127.0.0.1: the server's certificate has this address among its DNS names, "
                + "where it does not count; the server's operator must put it in as an address (IP:127.0.0.1)")
    }

    @Test("A certificate with many names is described by the first of them")
    func manyNames() throws {
        let names = (0..<300).map { "host\($0).example" }
        let failure = try #require(try failure(issue(CertificateRequest(dnsNames: names)), host: "other.example"))
        #expect(
            failure.description == "TLS with other.example: the server's certificate is for host0.example, host1.example, "
                + "host2.example, host3.example, host4.example and 295 more, not for this host; check the address")
    }

    @Test("An expired certificate")
    func expired() throws {
        var request = CertificateRequest.loopback
        request.validity = .expired
        let failure = try #require(try failure(issue(request), host: "localhost"))
        guard case .expired(subject: nil, let notAfter) = failure.cause else {
            Issue.record("\(failure)")
            return
        }
        #expect(try Regex("^20[0-9]{2}-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-5][0-9] UTC$").firstMatch(in: notAfter) != nil)
        #expect(failure.description.hasPrefix("TLS with localhost: the server's certificate expired on \(notAfter); "))
    }

    @Test("A certificate that is not valid yet")
    func notYetValid() throws {
        var request = CertificateRequest.loopback
        request.validity = .notYetValid
        let failure = try #require(try failure(issue(request), host: "localhost"))
        guard case .notYetValid(subject: nil, _) = failure.cause else {
            Issue.record("\(failure)")
            return
        }
    }

    @Test("An expired intermediate is told from an expired server certificate")
    func expiredIntermediate() throws {
        let intermediate = try TestContexts.root.get().intermediate(name: "Old intermediate", validity: .expired)
        let failure = try #require(try failure(intermediate.issue(.loopback), host: "localhost"))
        guard case .expired(subject: "CN = Old intermediate", _) = failure.cause else {
            Issue.record("\(failure)")
            return
        }
    }

    @Test("A chain through an intermediate connects; without the intermediate it does not")
    func intermediate() throws {
        let intermediate = try TestContexts.root.get().intermediate(name: "Between")
        var certificate = try intermediate.issue(.loopback)
        #expect(try self.failure(certificate, host: "localhost") == nil)
        let end = try #require(certificate.chainPEM.firstRange(of: "-----END CERTIFICATE-----\n"))
        certificate = IssuedCertificate(
            chainPEM: String(certificate.chainPEM[..<end.upperBound]), privateKeyPEM: certificate.privateKeyPEM)
        let failure = try self.failure(certificate, host: "localhost")
        #expect(failure?.cause == .unknownAuthority(issuer: "CN = Between", trustStoreIsEmpty: false))
    }

    @Test("A certificate that signed itself is refused, and accepted when it is the CA file")
    func selfSigned() throws {
        let certificate = try CertificateAuthority.selfSigned(.loopback)
        #expect(try failure(certificate, host: "localhost")?.cause == .selfSigned)
        let file = try TemporaryFile(certificate.chainPEM)
        #expect(try failure(certificate, host: "localhost", client: TLSContext(caFile: file.path)) == nil)
        #expect(try failure(certificate, host: "elsewhere", client: TLSContext(caFile: file.path))?.cause
            == .hostMismatch(names: ["localhost", "127.0.0.1", "0:0:0:0:0:0:0:1"]))
    }

    @Test("An authority nobody here trusts")
    func unknownAuthority() throws {
        let stranger = try CertificateAuthority(name: "Straße der Fremden\nCA")
        let failure = try #require(try failure(stranger.issue(.loopback), host: "localhost"))
        #expect(failure.cause == .unknownAuthority(issuer: "CN = Straße der Fremden\\0ACA", trustStoreIsEmpty: false))
        #expect(failure.description.contains("the authority 'CN = Straße der Fremden\\0ACA' that signed"))
    }

    @Test("A root sent along with the chain is not thereby trusted")
    func sentRoot() throws {
        let stranger = try CertificateAuthority(name: "Stranger")
        let leaf = try stranger.issue(.loopback)
        let certificate = IssuedCertificate(chainPEM: leaf.chainPEM + stranger.certificatePEM, privateKeyPEM: leaf.privateKeyPEM)
        let failure = try self.failure(certificate, host: "localhost")
        #expect(failure?.cause == .unknownAuthority(issuer: "CN = Stranger", trustStoreIsEmpty: false))
    }

    @Test("A server certificate cannot act as an authority")
    func leafAsAuthority() throws {
        let leaf = try issue(.loopback)
        let impostor = CertificateAuthority(certificatePEM: leaf.chainPEM, privateKeyPEM: leaf.privateKeyPEM)
        let failure = try #require(try failure(impostor.intermediate(name: "x").issue(.loopback), host: "localhost"))
        guard case .certificateRejected = failure.cause else {
            Issue.record("\(failure)")
            return
        }
    }

    @Test(
        "What is neither a DNS name nor an address is refused before anything is sent",
        arguments: [
            "", ".", "a..b", ".discord.gg", "discord.gg..", "dis cord.gg", "discord.gg\0.evil", "münchen.example", "host:443",
            "*.discord.gg", "[::1", "a/b", String(repeating: "a", count: 64) + ".example",
            String(repeating: "abcdefg.", count: 31) + "abcdef",
        ])
    func invalidHost(host: String) throws {
        let link = MemoryLink()
        #expect(throws: TLSFailure(host: host, cause: .invalidHost)) {
            try SecureSocket.client(over: link.client, host: host, port: 443, context: TestContexts.client()) { _ in }
        }
        #expect(link.client.outgoing.isEmpty)
    }

    @Test(
        "The host is sent as SNI, an address is not (RFC 6066 §3)",
        arguments: [("gateway.discord.gg", true), ("127.0.0.1", false)])
    func serverNameIndication(host: String, isSent: Bool) throws {
        let link = MemoryLink()
        let client = try SecureSocket.client(over: link.client, host: host, port: 443, context: TestContexts.client()) { _ in }
        #expect(String(decoding: link.client.outgoing, as: UTF8.self).contains(host) == isSent)
        withExtendedLifetime(client) {}
    }
}
