import TLS
import TestSupport
import Testing

/// The rules of RFC 5280 §6 and the strength of keys and digests are OpenSSL's to check; this shows that no setting of ours weakens them.
@Suite(
    "Against openssl s_server with certificates that are right in name, time and authority, and unfit all the same",
    .enabled(if: PeerProcess.exists("openssl"), "the openssl command is not installed"))
struct UnfitCertificateTests {
    enum Fault: CaseIterable {
        /// So that the others are refused for what is wrong with them and for nothing else.
        case none
        case forClients, cannotSign, criticalUnknown, shortKey, oldDigest

        /// What `openssl req` is told besides the name.
        var options: [String] {
            switch self {
            case .none: []
            case .forClients: ["-addext", "extendedKeyUsage=clientAuth"]
            case .cannotSign: ["-addext", "keyUsage=cRLSign"]
            case .criticalUnknown: ["-addext", "1.2.3.4=critical,DER:0500"]
            case .shortKey: ["-newkey", "rsa:1024"]
            case .oldDigest: ["-sha1"]
            }
        }
    }

    @Test("is refused", arguments: Fault.allCases)
    func refuses(fault: Fault) throws {
        let folder = try TemporaryFolder()
        try folder.write("config", "[req]\ndistinguished_name = name\n[name]\n")
        func certificate(_ name: String, _ options: [String]) throws {
            let curve = options.contains("-newkey") ? [] : ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
            let request = ["req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=\(name)", "-config", folder.path("config")]
            let process = try PeerProcess(
                "openssl", request + curve + options + ["-keyout", folder.path("\(name).key"), "-out", folder.path("\(name).pem")],
                errorsWithOutput: true)
            while process.readLine() != nil {}
        }
        try certificate("root", ["-addext", "basicConstraints=critical,CA:TRUE"])
        let authority = ["-CA", folder.path("root.pem"), "-CAkey", folder.path("root.key")]
        try certificate("server", authority + ["-addext", "subjectAltName=DNS:localhost"] + fault.options)

        let server = try PeerProcess(
            "openssl",
            [
                "s_server", "-accept", "127.0.0.1:0", "-cert", folder.path("server.pem"), "-key", folder.path("server.key"),
                "-cipher", "DEFAULT:@SECLEVEL=0",
            ])
        let port = try #require(server.readLine(after: "ACCEPT 127.0.0.1:").flatMap { UInt16($0) })
        var client = LoopbackClient(context: try TLSContext(caFile: folder.path("root.pem")))
        client.onConnect = { $0.finish() }
        let failure = try client.run(port: port).failure
        if fault == .none {
            #expect(failure == nil)
        } else if case .certificateRejected = failure?.cause {
        } else {
            Issue.record("\(failure as Any)")
        }
    }
}
