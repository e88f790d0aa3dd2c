import Foundation
import Simulator
import TestSupport
import Testing

@Suite("HTTPS_PROXY and NO_PROXY", .serialized)
struct ProxyTests {
    private let pack = """
        local bot = require "bot"
        bot.on("message_create", function(message)
          if message.content == "!ping" then message:reply("pong") end
        end)
        """

    /// An HTTP proxy that opens tunnels (RFC 9110 §9.3.6) and prints its port, then the target of each. It lives as long as its input is open.
    private static let proxy = """
        import asyncio, sys
        async def pipe(reader, writer):
            try:
                while data := await reader.read(65536):
                    writer.write(data)
                    await writer.drain()
            except ConnectionError:
                pass
            writer.close()
        async def serve(reader, writer):
            method, target, _ = (await reader.readuntil(b"\\r\\n\\r\\n")).decode().split("\\r\\n")[0].split()
            print(method, target, flush=True)
            host, port = target.rsplit(":", 1)
            there = await asyncio.open_connection("127.0.0.1", int(port))
            writer.write(b"HTTP/1.1 200 Connection established\\r\\n\\r\\n")
            await asyncio.gather(pipe(reader, there[1]), pipe(there[0], writer))
        async def main():
            server = await asyncio.start_server(serve, "127.0.0.1", 0)
            print(server.sockets[0].getsockname()[1], flush=True)
            await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        asyncio.run(main())
        """

    @Test("a simulated Discord is beside us: no proxy leads there")
    func simulated() throws {
        let outcome = try Moonwire.run(
            ["run", "examples/hello", "--simulate"], input: "!ping\n", environment: ["HTTPS_PROXY": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1"])
        #expect(outcome.status == 0 && outcome.output.contains(": pong"), "\(outcome.errors)")
    }

    @Test("gateway and REST go through the proxy, unless NO_PROXY names the host", arguments: [false, true])
    func tunnel(isException: Bool) async throws {
        let proxy = Process()
        let output = Capture()
        proxy.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        proxy.arguments = ["python3", "-c", Self.proxy]
        let input = Pipe()
        proxy.standardInput = input
        proxy.standardOutput = output.pipe
        output.start()
        try proxy.run()
        // Closing it twice does no harm.
        defer { try? input.fileHandleForWriting.close() }
        let port = try #require(Int(output.wait(for: "\n", times: 1, seconds: 20).split(separator: "\n").first ?? ""))

        let simulator = try await SimulatorServer.start()
        let moonwire = try Moonwire(
            simulator, pack: pack, environment: ["HTTPS_PROXY": "http://127.0.0.1:\(port)", "NO_PROXY": isException ? "example.org, localhost" : ""])
        try await simulator.sessionsReady()
        try await simulator.say("!ping")
        try await simulator.botSays("pong")
        moonwire.signal(SIGTERM)
        #expect(moonwire.wait().status == 0)
        // REST keeps one connection, the gateway has another.
        let tunnels = output.wait(for: "\n", times: 1, seconds: 0).split(separator: "\n").dropFirst()
        #expect(tunnels == (isException ? [] : ["CONNECT localhost:\(simulator.port)", "CONNECT localhost:\(simulator.port)"]))
        await simulator.stop()
    }
}
