"""A scripted HTTP/2 server (RFC 9113) over TLS for the REST tests: just frames, on Python's ssl.

argv[1] is JSON: {"answers": [...]}, one for each request in order of arrival, the last repeats: "ok", "reset" and "refuse" (RST_STREAM with
INTERNAL_ERROR and REFUSED_STREAM), "part" (half a body, then RST_STREAM), "goaway" (an answer, then GOAWAY and the end).
Request headers stay compressed and unread: nothing here depends on them.
"""
import json, socket, struct, sys, tempfile, threading

from certificates import certificates

DATA, HEADERS, RESET, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
END_STREAM, ACK, END_HEADERS = 1, 1, 4
script = json.loads(sys.argv[1])
lock = threading.Lock()
log = []
connections = 0


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def answer(number, stream):
    with lock:
        what = script["answers"][min(len(log), len(script["answers"]) - 1)]
        log.append({"connection": number, "stream": stream, "answer": what})
    if what == "reset":
        return frame(RESET, 0, stream, struct.pack(">I", 2)), False
    if what == "refuse":
        return frame(RESET, 0, stream, struct.pack(">I", 7)), False
    head = frame(HEADERS, END_HEADERS, stream, b"\x88")  # HPACK's static entry for ":status: 200" (RFC 7541, appendix A)
    if what == "part":
        return head + frame(DATA, 0, stream, b"half") + frame(RESET, 0, stream, struct.pack(">I", 2)), False
    whole = head + frame(DATA, END_STREAM, stream, b"{}")
    if what == "goaway":
        return whole + frame(GOAWAY, 0, 0, struct.pack(">II", stream, 0)), True
    return whole, False


def serve(plain, number):
    try:
        with context.wrap_socket(plain, server_side=True) as link, link.makefile("rb") as input:
            assert input.read(24).startswith(b"PRI * HTTP/2.0")
            link.sendall(frame(SETTINGS, 0, 0))
            while head := input.read(9):
                length, kind, flags = int.from_bytes(head[:3], "big"), head[3], head[4]
                stream = int.from_bytes(head[5:], "big")
                payload = input.read(length)
                if kind == SETTINGS and not flags & ACK:
                    link.sendall(frame(SETTINGS, ACK, 0))
                elif kind == PING and not flags & ACK:
                    link.sendall(frame(PING, ACK, 0, payload))
                elif kind in (HEADERS, DATA) and flags & END_STREAM:
                    bytes_, last = answer(number, stream)
                    link.sendall(bytes_)
                    if last:
                        return
    except OSError:
        pass  # The client ended it.


with tempfile.TemporaryDirectory() as folder:
    context, authority = certificates(folder, "IP:127.0.0.1,DNS:localhost")
    context.set_alpn_protocols(["h2"])
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)

    def accept():
        global connections
        while True:
            plain, _ = listener.accept()
            connections += 1
            threading.Thread(target=serve, args=(plain, connections), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    print(json.dumps({"port": listener.getsockname()[1], "authority": authority}), flush=True)
    sys.stdin.read()
    with lock:
        print(json.dumps({"requests": log, "connections": connections, "refused": 0}), flush=True)
