import COpenSSL
import Certificates
import Reactor
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The stand-in for Discord that the benchmarks connect to: a stream of events made beforehand, over TLS on loopback.
///
/// `stream-server CA_FILE [--events N] [--formats none,zlib-stream,zstd-stream] [--heartbeat-ms N]` writes its authority's certificate to
/// CA_FILE, prints `port N` when it listens, and serves until it is killed.
///
/// | path | what is sent |
/// |---|---|
/// | `/` | the stream in TLS records of 16 KB |
/// | `/record-per-event` | the same, each event in a record of its own |
/// | `/idle` | READY and 60 events, then nothing but acknowledged heartbeats |
/// | `…/gateway/bot`, `…/applications/@me`, others | REST: as little as a bot needs |
@main final class StreamServer: Sendable {
    let streams: [StreamCompressor.Format: EventStream]
    let heartbeatMilliseconds: Int
    let url: String

    private init(streams: [StreamCompressor.Format: EventStream], heartbeatMilliseconds: Int, url: String) {
        self.streams = streams
        self.heartbeatMilliseconds = heartbeatMilliseconds
        self.url = url
    }

    static func main() throws {
        var arguments = CommandLine.arguments.dropFirst()
        var events = 100_000, heartbeat = 41_250, formats = StreamCompressor.Format.allCases
        guard let caFile = arguments.popFirst() else { usage() }
        while let option = arguments.popFirst() {
            guard let value = arguments.popFirst() else { usage() }
            switch option {
            case "--events": events = Int(value) ?? events
            case "--heartbeat-ms": heartbeat = Int(value) ?? heartbeat
            case "--formats": formats = value.split(separator: ",").compactMap { StreamCompressor.Format(rawValue: String($0)) }
            default: usage()
            }
        }
        signal(SIGPIPE, SIG_IGN)
        let (listener, port) = listen()
        let authority = try CertificateAuthority()
        let identity = try authority.issue(.loopback)
        write(authority.certificatePEM, to: caFile)
        let url = "wss://localhost:\(port)"
        let streams = EventStream.make(formats, events: max(events, 10), heartbeatMilliseconds: heartbeat, url: url)
        for format in formats {
            guard let stream = streams[format] else { continue }
            let count = stream.events.frameEnds.count
            say("\(format.rawValue): \(count) events, \(stream.payloadBytes / count) bytes of JSON and \(stream.events.bytes.count / count) on the wire each")
        }
        let server = StreamServer(streams: streams, heartbeatMilliseconds: heartbeat, url: url)
        say("port \(port)")
        try server.serve(listener, SecureChannel.context(chain: identity.chainPEM, key: identity.privateKeyPEM))
    }

    private func serve(_ listener: CInt, _ context: OpaquePointer) throws {
        // Counted by OpenSSL under its own lock, and never freed: any thread may make connections of it.
        nonisolated(unsafe) let context = context
        while true {
            let socket = accept(listener, nil, nil)
            guard socket >= 0 else { continue }
            var on: CInt = 1
            setsockopt(socket, CInt(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<CInt>.size))
            _ = try Thread.start(name: "visit", stackSize: 256 << 10) { [self] in
                guard let channel = SecureChannel(accepting: socket, context) else { return }
                var visit = Visit(channel, self)
                visit.serve()
            }
        }
    }

    private static func listen() -> (socket: CInt, port: UInt16) {
        #if canImport(Glibc)
        let listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        #else
        let listener = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutableBytes(of: &address) { bytes in
            let pointer = bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            #if canImport(Glibc)
            let isListening = bind(listener, pointer, length) == 0 && Glibc.listen(listener, 1024) == 0
            #else
            let isListening = bind(listener, pointer, length) == 0 && Darwin.listen(listener, 1024) == 0
            #endif
            precondition(isListening && getsockname(listener, pointer, &length) == 0, "no port on loopback")
        }
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    private static func write(_ text: String, to path: String) {
        guard let file = fopen(path, "w") else { preconditionFailure("cannot write \(path)") }
        fputs(text, file)
        fclose(file)
    }

    private static func say(_ line: String) {
        print(line)
        fflush(nil)
    }

    private static func usage() -> Never {
        print("usage: stream-server CA_FILE [--events N] [--formats none,zlib-stream,zstd-stream] [--heartbeat-ms N]")
        exit(2)
    }
}
