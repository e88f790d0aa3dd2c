import JSON
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

@testable import Simulator

/// An HTTP/1.1 client for tests: one connection for each request.
struct RESTClient {
    let server: SimulatorServer

    struct Answer: Sendable {
        let status: Int
        /// Names in lower case.
        let headers: [String: String]
        let body: JSONValue

        var code: Int64? { body["code"]?.integerValue }
    }

    /// `path` follows `/api/v10`. The `Authorization` and `User-Agent` headers are Discord's unless `headers` has others; an empty value
    /// leaves one out.
    func call(_ method: String, _ path: String, _ body: JSONValue? = nil, headers: [String: String] = [:]) async throws -> Answer {
        try await call(method, path, raw: body?.serialized, headers: body == nil ? headers : ["Content-Type": "application/json"].merging(headers) { $1 })
    }

    func call(_ method: String, _ path: String, raw body: [UInt8]?, headers: [String: String]) async throws -> Answer {
        var head = HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: "/api/v10" + path)
        let defaults = ["Host": "localhost", "User-Agent": "DiscordBot (https://example.invalid, 1)", "Authorization": "Bot \(server.token)"]
        for (name, value) in defaults.merging(headers, uniquingKeysWith: { $1 }) where !value.isEmpty { head.headers.add(name: name, value: value) }
        head.headers.add(name: "Content-Length", value: String(body?.count ?? 0))
        let tls = try server.caFile.map { file in
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.trustRoots = .file(file)
            return try NIOSSLContext(configuration: configuration)
        }
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let answer = loop.makePromise(of: Answer.self)
        let channel = try await ClientBootstrap(group: loop).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                if let tls { try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: "localhost")) }
                try pipeline.addHTTPClientHandlers()
                try pipeline.addHandler(AnswerCollector(answer))
            }
        }.connect(host: "127.0.0.1", port: server.port).get()
        let request = head
        try await loop.submit {
            let pipeline = channel.pipeline.syncOperations
            pipeline.write(NIOAny(HTTPClientRequestPart.head(request)), promise: nil)
            if let body { pipeline.write(NIOAny(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil) }
            pipeline.writeAndFlush(NIOAny(HTTPClientRequestPart.end(nil)), promise: nil)
        }.get()
        return try await answer.futureResult.get()
    }
}

private final class AnswerCollector: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let promise: EventLoopPromise<RESTClient.Answer>
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []

    init(_ promise: EventLoopPromise<RESTClient.Answer>) { self.promise = promise }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let part): body += Array(part.readableBytesView)
        case .end:
            let text = String(decoding: body, as: UTF8.self)
            let value = body.isEmpty ? JSONValue.null : (try? JSONValue(parsing: body)) ?? .string(text)
            let headers = (head?.headers ?? [:]).map { ($0.name.lowercased(), $0.value) }
            promise.succeed(RESTClient.Answer(
                status: Int(head?.status.code ?? 0), headers: Dictionary(headers, uniquingKeysWith: { $1 }), body: value))
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { promise.fail(SimulatorFailure("the connection ended without an answer")) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.close(promise: nil)
    }
}
