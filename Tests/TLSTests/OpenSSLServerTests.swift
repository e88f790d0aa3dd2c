import Certificates
import Reactor
import TLS
import TestSupport
import Testing

@Suite(
    "Against openssl s_server, which obeys commands on its input",
    .enabled(if: PeerProcess.exists("openssl"), "the openssl command is not installed"))
struct OpenSSLServerTests {
    /// `openssl s_server` on a loopback port the kernel chose.
    struct Server {
        let process: PeerProcess
        let port: UInt16
        private let files: [TemporaryFile]

        init(_ options: String...) throws {
            let certificate = try TestContexts.loopback.get()
            files = [try TemporaryFile(certificate.chainPEM), try TemporaryFile(certificate.privateKeyPEM)]
            let arguments = ["s_server", "-accept", "127.0.0.1:0", "-cert", files[0].path, "-key", files[1].path] + options
            process = try PeerProcess("openssl", arguments, errorsWithOutput: true)
            guard let line = process.readLine(after: "ACCEPT 127.0.0.1:"), let port = UInt16(line) else {
                throw PeerProcess.CannotStart(program: "openssl", reason: "it printed no port")
            }
            self.port = port
        }
    }

    @Test("Renegotiation is refused (RFC 5246 §7.4.1.1: no_renegotiation)")
    func renegotiation() throws {
        let server = try Server("-tls1_2")
        var client = LoopbackClient(context: try TestContexts.client())
        client.onConnect = { _ in server.process.send("before") }
        client.onBytes = { _, _ in server.process.send("r") }
        let seen = try client.run(port: server.port)
        #expect(seen.received == Array("before\n".utf8))
        // This server takes the refusal for an error and says so; then it ends the connection.
        try #require(seen.end == .failed("TLS with localhost: the peer refused: it sent the alert 'handshake failure'"))
        while let line = server.process.readLine() {
            if line.contains("no renegotiation") { return }
        }
        Issue.record("the server saw no refusal")
    }

    @Test("A key update is answered, and data goes on both ways (RFC 8446 §4.6.3)")
    func keyUpdate() throws {
        let server = try Server("-tls1_3")
        var client = LoopbackClient(context: try TestContexts.client())
        client.onConnect = { socket in
            server.process.send("K")
            // The server looks at its input before it looks at us, so the command is done once our line is printed, and what
            // is sent next is not taken for the rest of it.
            socket.write("before\n")
            #expect(server.process.readLine(after: "before") != nil)
            server.process.send("first")
        }
        client.onBytes = { socket, received in
            switch received {
            case Array("first\n".utf8):
                // Encrypted with the keys that our answer announced.
                socket.write("after\n")
                #expect(server.process.readLine(after: "after") != nil)
                server.process.send("second")
            case Array("first\nsecond\n".utf8):
                server.process.send("q")
            default: break
            }
        }
        let seen = try client.run(port: server.port)
        #expect(String(decoding: seen.received, as: UTF8.self) == "first\nsecond\n")
    }
}
