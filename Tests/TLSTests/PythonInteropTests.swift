import Certificates
import Reactor
import TLS
import Testing

@Suite("Against Python's ssl module, over real sockets", .enabled(if: PythonServer.isAvailable, "python3 is not installed"))
struct PythonInteropTests {
    static let versions = [("TLSv1_2", TLSVersion.tls12), ("TLSv1_3", .tls13)]

    @Test("Connects, sends SNI and sees a clean close", arguments: versions)
    func cleanClose(name: String, version: TLSVersion) throws {
        let server = try PythonServer(.close, latest: name)
        let seen = try LoopbackClient(context: TestContexts.client()).run(port: server.port)
        #expect(seen.failure == nil && seen.version == version)
        #expect(seen.received == Array("hello".utf8))
        #expect(seen.end == .clean)
        #expect(server.observation() == "version=\(version == .tls12 ? "TLSv1.2" : "TLSv1.3") resumed=False sni=localhost")
    }

    @Test("Tells a truncation from a clean close", arguments: versions)
    func truncation(name: String, version: TLSVersion) throws {
        let server = try PythonServer(.truncate, latest: name)
        let seen = try LoopbackClient(context: TestContexts.client()).run(port: server.port)
        #expect(seen.received == Array("hello".utf8))
        #expect(seen.end == .truncated)
    }

    @Test("Carries a megabyte there and back, and closes cleanly", arguments: versions)
    func echo(name: String, version: TLSVersion) throws {
        let server = try PythonServer(.echo, latest: name)
        let message = (0..<1_000_003).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        var client = try LoopbackClient(context: TestContexts.client())
        client.onConnect = { $0.write(message) }
        client.onBytes = { socket, received in if received.count == message.count { socket.finish() } }
        let seen = try client.run(port: server.port)
        #expect(seen.received == message)
        #expect(seen.end == .clean)
    }

    @Test(
        "The server sees the session resumed, after a clean end and after a truncation",
        arguments: versions, [PythonServer.Behaviour.close, .truncate])
    func resumption(version: (name: String, version: TLSVersion), ending: PythonServer.Behaviour) throws {
        let server = try PythonServer(ending, latest: version.name)
        let client = LoopbackClient(context: try TestContexts.client())
        for resumed in [false, true, true] {
            let seen = try client.run(port: server.port)
            #expect(seen.isResumed == resumed)
            #expect(try #require(server.observation()).contains(resumed ? "resumed=True" : "resumed=False"))
        }
    }

    @Test("An address is verified against iPAddress names and not sent as SNI")
    func address() throws {
        let server = try PythonServer(.close)
        let seen = try LoopbackClient(context: TestContexts.client(), host: "127.0.0.1").run(port: server.port)
        #expect(seen.end == .clean)
        #expect(server.observation() == "version=TLSv1.3 resumed=False sni=None")
    }

    /// Certificates that must not be accepted, the start of the line a person reads, and the alert the server gets for it.
    enum Refused: CaseIterable {
        case expired, notYetValid, otherHost, commonNameOnly, selfSigned, unknownAuthority

        func certificate() throws -> IssuedCertificate {
            let root = try TestContexts.root.get()
            var request = CertificateRequest.loopback
            switch self {
            case .expired: request.validity = .expired
            case .notYetValid: request.validity = .notYetValid
            case .otherHost: request = CertificateRequest(dnsNames: ["discord.com"], commonName: "localhost")
            case .commonNameOnly: request = CertificateRequest(commonName: "localhost")
            case .selfSigned: return try CertificateAuthority.selfSigned(request)
            case .unknownAuthority: return try CertificateAuthority(name: "Stranger").issue(request)
            }
            return try root.issue(request)
        }

        var line: String {
            switch self {
            case .expired: "the server's certificate expired on "
            case .notYetValid: "the server's certificate is not valid before "
            case .otherHost: "the server's certificate is for discord.com, not for this host"
            case .commonNameOnly: "the server's certificate names no host"
            case .selfSigned: "the server's certificate is signed by itself"
            case .unknownAuthority: "the authority 'CN = Stranger' that signed the server's certificate is not trusted here"
            }
        }

        var alert: String {
            switch self {
            case .expired: "SSLV3_ALERT_CERTIFICATE_EXPIRED"
            case .notYetValid, .otherHost, .commonNameOnly: "SSLV3_ALERT_BAD_CERTIFICATE"
            case .selfSigned, .unknownAuthority: "TLSV1_ALERT_UNKNOWN_CA"
            }
        }
    }

    @Test("A bad certificate is refused, with one line for us and an alert for the server", arguments: Refused.allCases)
    func refuses(kind: Refused) throws {
        // TLS 1.2: the server waits for our answer to its certificate, and so is sure to see the alert.
        let server = try PythonServer(.close, certificate: kind.certificate(), latest: "TLSv1_2")
        let seen = try LoopbackClient(context: TestContexts.client()).run(port: server.port)
        let failure = try #require(seen.failure)
        #expect(failure.description.hasPrefix("TLS with localhost: " + kind.line))
        #expect(seen.received.isEmpty)
        #expect(server.observation() == "error=" + kind.alert)
    }

    @Test("A server of TLS 1.1 is refused")
    func oldServer() throws {
        let server = try PythonServer(.old)
        let seen = try LoopbackClient(context: TestContexts.client()).run(port: server.port)
        #expect(seen.failure?.cause == .protocolVersion)
    }

    @Test("An HTTP answer is named as such")
    func plainHTTP() throws {
        let server = try PythonServer(.http)
        let seen = try LoopbackClient(context: TestContexts.client()).run(port: server.port)
        #expect(
            seen.failure?.description == "TLS with localhost: the server answered in plain HTTP; the address or port is not a "
                + "TLS one (write ws:// or http:// if that is meant)")
    }

    @Test("Another protocol's greeting is named as such")
    func notTLS() throws {
        let server = try PythonServer(.ssh)
        let seen = try LoopbackClient(context: TestContexts.client()).run(port: server.port)
        #expect(seen.failure?.cause == .notTLS)
    }

    @Test("A server that hangs up during the handshake")
    func hangUp() throws {
        let server = try PythonServer(.hangUp)
        let seen = try LoopbackClient(context: TestContexts.client()).run(port: server.port)
        #expect(seen.failure?.cause == .closedDuringHandshake)
    }
}
