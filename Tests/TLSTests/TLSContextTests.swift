import Certificates
import TLS
import TestSupport
import Testing

@Suite("Contexts: CA files and server identities")
struct TLSContextTests {
    func cause(ofCAFile content: String) throws -> TLSFailure.Cause? {
        let file = try TemporaryFile(content)
        do throws(TLSFailure) {
            _ = try TLSContext(caFile: file.path)
            return nil
        } catch {
            guard case .trustFile(path: file.path, let reason) = error.cause else { return error.cause }
            return .trustFile(path: "", reason: reason)
        }
    }

    @Test("The system's authorities alone need no file")
    func systemTrust() throws {
        _ = try TLSContext()
    }

    @Test("A missing CA file is named, with the system's reason")
    func missing() {
        let failure = #expect(throws: TLSFailure.self) { _ = try TLSContext(caFile: "/nonexistent/ca.pem") }
        #expect(
            failure?.description == "TLS: cannot use the CA file '/nonexistent/ca.pem': No such file or directory; "
                + "name a PEM file with at least one CERTIFICATE block")
    }

    @Test("A directory is no CA file")
    func directory() {
        let failure = #expect(throws: TLSFailure.self) { _ = try TLSContext(caFile: "/") }
        guard case .trustFile(path: "/", _)? = failure?.cause else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test("A CA file without a certificate is refused")
    func empty() throws {
        #expect(try cause(ofCAFile: "") == .trustFile(path: "", reason: "it holds no certificate"))
        #expect(try cause(ofCAFile: "hello\n") == .trustFile(path: "", reason: "it holds no certificate"))
        let key = try CertificateAuthority.selfSigned(.loopback).privateKeyPEM
        #expect(try cause(ofCAFile: key) == .trustFile(path: "", reason: "it holds no certificate"))
    }

    @Test("A damaged certificate is refused, even after a good one")
    func damaged() throws {
        let good = try CertificateAuthority().certificatePEM
        var bad = Array(good.utf8)
        bad.replaceSubrange(40..<44, with: "!!!!".utf8)
        let content = good + String(decoding: bad, as: UTF8.self)
        guard case .trustFile(_, let reason)? = try cause(ofCAFile: content) else {
            Issue.record("accepted")
            return
        }
        #expect(reason.hasPrefix("certificate 2 in it is damaged ("))
    }

    @Test("A CA file may hold several certificates with text between them")
    func several() throws {
        let one = try CertificateAuthority(name: "One")
        let two = try CertificateAuthority(name: "Two")
        let file = try TemporaryFile("# one\n\(one.certificatePEM)\n# two\n\(two.certificatePEM)")
        let context = try TLSContext(caFile: file.path)
        for authority in [one, two] {
            let pair = try TLSPair(client: context, server: TestContexts.server(authority.issue(.loopback)))
            pair.link.run()
            #expect(pair.isConnected)
        }
    }

    @Test("A key that belongs to another certificate is refused")
    func wrongKey() throws {
        let authority = try CertificateAuthority()
        let one = try authority.issue(.loopback)
        let two = try authority.issue(.loopback)
        let failure = #expect(throws: TLSFailure.self) {
            _ = try TLSContext(serverChainPEM: one.chainPEM, privateKeyPEM: two.privateKeyPEM)
        }
        guard case .identity? = failure?.cause else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }
}
