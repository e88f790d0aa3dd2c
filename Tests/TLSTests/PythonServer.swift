import Certificates
import TestSupport

/// A TLS server we did not write: Python's `ssl` module on a loopback port the kernel chose.
final class PythonServer {
    /// What it does with each connection after the handshake, or instead of one.
    enum Behaviour: String {
        /// Sends "hello", then close_notify.
        case close
        /// Sends "hello", then FIN without close_notify.
        case truncate
        /// Returns what it reads until the peer's close_notify, then sends its own.
        case echo
        /// Speaks TLS 1.1 at most.
        case old
        /// Answers whatever comes with a plain HTTP error.
        case http
        /// Greets as SSH does.
        case ssh
        /// Reads what comes, then closes.
        case hangUp
    }

    let port: UInt16
    private let process: PeerProcess
    private let files: [TemporaryFile]

    static let isAvailable = PeerProcess.exists("python3")

    init(_ behaviour: Behaviour, certificate: IssuedCertificate? = nil, latest: String = "TLSv1_3") throws {
        let certificate = try certificate ?? TestContexts.loopback.get()
        files = [try TemporaryFile(certificate.chainPEM), try TemporaryFile(certificate.privateKeyPEM)]
        process = try PeerProcess("python3", ["-c", Self.script, behaviour.rawValue, files[0].path, files[1].path, latest])
        guard let line = process.readLine(after: "port "), let port = UInt16(line) else {
            throw PeerProcess.CannotStart(program: "python3", reason: "it printed no port")
        }
        self.port = port
    }

    /// "version=TLSv1.3 resumed=False sni=localhost" of the next connection, or "error=…" if its handshake failed.
    func observation() -> String? { process.readLine(after: "saw ") }

    private static let script = """
        import socket, ssl, sys, warnings
        warnings.simplefilter("ignore")
        behaviour, chain, key, latest = sys.argv[1:]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        if behaviour == "old":
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        else:
            context.maximum_version = ssl.TLSVersion[latest]
        names = []
        context.sni_callback = lambda stream, name, context: names.append(name)
        listener = socket.create_server(("127.0.0.1", 0))
        print("port", listener.getsockname()[1], flush=True)
        while True:
            raw, _ = listener.accept()
            try:
                if behaviour == "http":
                    raw.recv(4096)
                    raw.sendall(b"HTTP/1.1 400 Bad Request\\r\\nConnection: close\\r\\n\\r\\n")
                    raw.close()
                elif behaviour == "ssh":
                    raw.sendall(b"SSH-2.0-OpenSSH_9.2\\r\\n")
                    raw.recv(4096)
                    raw.close()
                elif behaviour == "hangUp":
                    raw.recv(4096)
                    raw.close()
                else:
                    names.clear()
                    stream = context.wrap_socket(raw, server_side=True)
                    name = names[0] if names else None
                    print("saw version=%s resumed=%s sni=%s" % (stream.version(), stream.session_reused, name), flush=True)
                    if behaviour == "echo":
                        while data := stream.recv(65536):
                            stream.sendall(data)
                        stream.unwrap()
                    else:
                        stream.sendall(b"hello")
                        if behaviour == "close":
                            stream.unwrap()
                    stream.close()
            except OSError as error:
                print("saw error=%s" % getattr(error, "reason", error), flush=True)
                raw.close()
        """
}
