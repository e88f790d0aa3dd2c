"""WebSocket servers that we did not write, for the interop tests: echo_server.py websockets|aiohttp [CHAIN KEY]

Prints "port N", then "saw CODE" for each connection's end, and ends with its standard input. The path of a connection says what the
server does with it:

/echo           returns each message as it came
/greet          sends subprotocol, extensions and Origin
/fragments/N    returns each message in fragments of N bytes (websockets only: aiohttp does not fragment)
/send/N         sends N bytes
/ping           pings, and sends "pong" once the answer has come
/close/CODE     closes with CODE and the reason "as asked"
/kill           ends the TCP connection without a Close frame
/deaf           reads no further and answers nothing
/moved          302
"""
import asyncio, http, os, ssl, sys

library, files = sys.argv[1], sys.argv[2:]
context = None
if files:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)


async def serve_websockets():
    # The one of its interfaces that the releases of Debian 12 and of later systems share.
    from websockets.exceptions import ConnectionClosed
    from websockets.legacy.server import serve as listen

    async def serve(socket):
        words = socket.path.split("/")[1:]
        try:
            if words[0] == "close":
                await socket.close(int(words[1]), "as asked")
            elif words[0] == "greet":
                names = [extension.name for extension in socket.extensions]
                await socket.send(f"{socket.subprotocol} {names} {socket.request_headers.get('Origin')}")
            elif words[0] == "kill":
                socket.transport.abort()
            elif words[0] == "send":
                await socket.send(b"\xa5" * int(words[1]))
            elif words[0] == "ping":
                await (await socket.ping(b"are you there?"))
                await socket.send("pong")
            elif words[0] == "deaf":
                socket.transport.pause_reading()
                await asyncio.sleep(3600)
            async for message in socket:
                if words[0] == "fragments":
                    size = int(words[1])
                    await socket.send([message[i:i + size] for i in range(0, len(message), size)])
                else:
                    await socket.send(message)
        except ConnectionClosed:
            pass
        finally:
            print("saw", socket.close_code, flush=True)

    async def refuse(path, headers):
        return (http.HTTPStatus.FOUND, [("Location", "/echo")], b"") if path == "/moved" else None

    server = await listen(
        serve, "127.0.0.1", 0, ssl=context, max_size=None, max_queue=None, subprotocols=["chat.v2"], process_request=refuse,
        ping_interval=None)
    return server.sockets[0].getsockname()[1]


async def serve_aiohttp():
    from aiohttp import WSMsgType, web

    async def serve(request):
        words = request.path.split("/")[1:]
        if words[0] == "moved":
            raise web.HTTPFound("/echo")
        socket = web.WebSocketResponse(max_msg_size=0, protocols=["chat.v2"], autoping=False)
        await socket.prepare(request)
        if words[0] == "close":
            await socket.close(code=int(words[1]), message=b"as asked")
        elif words[0] == "greet":
            names = ["permessage-deflate"] if socket.compress else []
            await socket.send_str(f"{socket.ws_protocol} {names} {request.headers.get('Origin')}")
        elif words[0] == "kill":
            request.transport.abort()
        elif words[0] == "send":
            await socket.send_bytes(b"\xa5" * int(words[1]))
        elif words[0] == "ping":
            await socket.ping(b"are you there?")
        elif words[0] == "deaf":
            request.transport.pause_reading()
            await asyncio.sleep(3600)
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                await socket.send_str(message.data)
            elif message.type == WSMsgType.BINARY:
                await socket.send_bytes(message.data)
            elif message.type == WSMsgType.PONG and message.data == b"are you there?":
                await socket.send_str("pong")
        print("saw", socket.close_code, flush=True)
        return socket

    application = web.Application()
    application.router.add_get("/{path:.*}", serve)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    return site._server.sockets[0].getsockname()[1]


async def main():
    port = await (serve_websockets() if library == "websockets" else serve_aiohttp())
    print("port", port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    # At once: what a connection that hangs would still say goes to a pipe that nobody reads.
    os._exit(0)

asyncio.run(main())
