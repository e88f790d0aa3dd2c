"""A gateway that we did not write the WebSocket, the TLS or the compressors of: gateway_server.py CHAIN KEY

Speaks as Discord does with `zlib-stream` if asked to. The first connection identifies, gets two events and is cut off
between a third one's bytes; the second resumes, and gets the third and a fourth. Prints "port N", and "saw TEXT" for what clients did;
ends with its standard input.
"""
import asyncio, json, ssl, sys, urllib.parse, zlib
from websockets.exceptions import ConnectionClosed
from websockets.legacy.server import serve as listen

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(*sys.argv[1:])


def saw(text):
    print("saw", text, flush=True)


class Sender:
    """Payloads in the compression of the connection's query; 'cut' leaves the rest of a payload unsent."""

    def __init__(self, socket, compress):
        self.socket = socket
        self.deflater = zlib.compressobj() if compress == "zlib-stream" else None

    async def send(self, payload, cut=False):
        text = json.dumps(payload)
        if self.deflater is None:
            if cut:
                text = iter_cut(text)
            return await self.socket.send(text)
        data = self.deflater.compress(text.encode()) + self.deflater.flush(zlib.Z_SYNC_FLUSH)
        if cut:
            data = data[:len(data) // 2]
        # A payload may come in several messages.
        for start in range(0, len(data), 40):
            await self.socket.send(data[start:start + 40])


def iter_cut(text):
    async def fragments():
        yield text[:10]
        await asyncio.sleep(3600)
    return fragments()


def event(name, sequence, data):
    return {"op": 0, "t": name, "s": sequence, "d": data}


async def serve(socket):
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(socket.path).query)
    tls = socket.transport.get_extra_info("ssl_object")
    saw(f"open {tls.version()} resumed={tls.session_reused} {socket.path}")
    sender = Sender(socket, query.get("compress", ["none"])[0])
    await sender.send({"op": 10, "d": {"heartbeat_interval": 45000}})
    try:
        async for text in socket:
            command = json.loads(text)
            if command["op"] == 1:
                # Requested below: events, and the end.
                await sender.send({"op": 11})
                if socket.resumed:
                    await sender.send(event("MESSAGE_CREATE", 5, {"content": "live", "emoji": "\U0001F319"}))
                else:
                    await sender.send(event("MESSAGE_CREATE", 2, {"content": "one"}))
                    await sender.send(event("MESSAGE_CREATE", 3, {"content": "two" * 50000}))
                    cut = asyncio.ensure_future(sender.send(event("MESSAGE_CREATE", 4, {"content": "three"}), cut=True))
                    await asyncio.sleep(0.05)
                    cut.cancel()
                    socket.transport.abort()
            elif command["op"] == 2:
                socket.resumed = False
                saw(f"identify {command['d']['token']}")
                await sender.send(event("READY", 1, {
                    "v": 10, "user": {"id": "1", "username": "bot"}, "guilds": [], "session_id": "abc",
                    "resume_gateway_url": f"wss://localhost:{port}", "application": {"id": "2", "flags": 0}}))
                await sender.send({"op": 1, "d": None})
            elif command["op"] == 6:
                socket.resumed = True
                saw(f"resume {command['d']['session_id']} {command['d']['seq']}")
                await sender.send(event("MESSAGE_CREATE", 4, {"content": "three"}))
                await sender.send(event("RESUMED", 4, {}))
                await sender.send({"op": 1, "d": None})
    except ConnectionClosed:
        pass
    saw(f"close {socket.close_code}")


async def main():
    global port
    server = await listen(serve, "127.0.0.1", 0, ssl=context, ping_interval=None, compression=None)
    port = server.sockets[0].getsockname()[1]
    print("port", port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)

asyncio.run(main())
