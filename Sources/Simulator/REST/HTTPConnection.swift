import Discord
import NIOCore
import NIOHTTP1

/// The HTTP/1.1 side of a connection: collects a request, has it answered, writes the answer.
final class HTTPConnection: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let rest: SimulatedREST
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var isTooLarge = false

    init(rest: SimulatedREST) { self.rest = rest }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
            isTooLarge = false
        case .body(let part):
            isTooLarge = isTooLarge || body.count + part.readableBytes > Limits.requestBodyBytes
            if !isTooLarge { body.append(contentsOf: part.readableBytesView) }
        case .end:
            guard let head = head.take() else { return }
            let request = HTTPRequest(head: head, body: body, isTooLarge: isTooLarge)
            body = []
            rest.answer(request) { [weak self] answer in self?.write(answer, to: head, context) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func write(_ answer: HTTPAnswer?, to request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard let answer else { return context.close(promise: nil) }
        var headers = HTTPHeaders(answer.headers)
        if let text = answer.body {
            headers.replaceOrAdd(name: "content-length", value: String(text.count))
        }
        let head = HTTPResponseHead(version: request.version, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        if let text = answer.body {
            context.write(Self.wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(bytes: text)))), promise: nil)
        }
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
        if !request.isKeepAlive { context.close(promise: nil) }
    }
}
