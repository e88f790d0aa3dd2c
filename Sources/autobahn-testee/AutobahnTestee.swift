#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif
import Reactor
import WebSocketProtocol

/// Lets Autobahn|Testsuite examine this project's WebSocket, in either role.
@main
enum AutobahnTestee {
    private static let usage = """
        usage: autobahn-testee [--agent NAME] URL     run all cases of the fuzzing server at URL (ws://HOST:PORT)
               autobahn-testee --serve PORT           echo on 127.0.0.1:PORT for the fuzzing client; 0 picks a port and prints it

        """

    static func main() {
        var arguments = CommandLine.arguments.dropFirst()
        var agent = "moonwire"
        var port: UInt16?
        while let option = arguments.first, option.hasPrefix("--"), arguments.count >= 2 {
            let value = arguments[arguments.startIndex + 1]
            switch option {
            case "--agent": agent = value
            case "--serve":
                guard let number = UInt16(value) else { quit(2, "autobahn-testee: not a port: \(value)\n\(usage)") }
                port = number
            default: quit(2, usage)
            }
            arguments = arguments.dropFirst(2)
        }
        do throws(IOFailure) {
            let reactor = try Reactor()
            if let port, arguments.isEmpty {
                try serve(port, on: reactor)
            } else if let text = arguments.first, arguments.count == 1 {
                runCases(text, agent, on: reactor)
            } else {
                quit(2, usage)
            }
        } catch {
            quit(1, "autobahn-testee: \(error)\n")
        }
    }

    private static func serve(_ port: UInt16, on reactor: Reactor) throws(IOFailure) {
        let server = try EchoServer(port: port, on: reactor)
        print(server.port)
        fflush(nil)
        withExtendedLifetime(server) { reactor.run() }
    }

    private static func runCases(_ text: String, _ agent: String, on reactor: Reactor) {
        let url: WebSocketURL
        do throws(WebSocketURLError) {
            url = try WebSocketURL(text)
        } catch {
            quit(2, "autobahn-testee: \(text): \(error)\n\(usage)")
        }
        guard url.scheme == .ws else { quit(2, "autobahn-testee: \(text): only ws:// is served\n") }
        var failure: String?
        let client = SuiteClient(url, agent: agent, on: reactor) { error in
            failure = error
            reactor.handle.stop()
        }
        reactor.nextTurn { client.start() }
        reactor.run()
        if let failure { quit(1, "autobahn-testee: \(failure)\n") }
    }

    private static func quit(_ status: CInt, _ message: String) -> Never {
        var message = message
        // Nothing is left to tell if standard error is closed.
        _ = message.withUTF8 { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        exit(status)
    }
}
