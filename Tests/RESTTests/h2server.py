"""A scripted HTTP/2 server (RFC 9113) over TLS for the REST tests: just frames, on Python's ssl.

The script is {"answers": [...]}, one for each request in order of arrival, the last repeats: "ok", "reset" and "refuse" (RST_STREAM with
INTERNAL_ERROR and REFUSED_STREAM), "part" (half a body, then RST_STREAM), "goaway" (an answer, then GOAWAY and the end).
Request headers stay compressed and unread: nothing here depends on them.
"""
import socket, struct, threading

import scripted

DATA, HEADERS, RESET, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
END_STREAM, ACK, END_HEADERS = 1, 1, 4


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


class Server:
    secure = True

    def __init__(self, script):
        self.answers = script["answers"]
        self.lock = threading.Lock()
        self.log, self.connections = [], 0
        self.context = scripted.context("IP:127.0.0.1,DNS:localhost")
        self.context.set_alpn_protocols(["h2"])
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def record(self):
        with self.lock:
            return {"requests": self.log, "connections": self.connections, "refused": 0}

    def accept(self):
        while True:
            plain, _ = self.listener.accept()
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            threading.Thread(target=self.serve, args=(plain, self.connections), daemon=True).start()

    def answer(self, number, stream):
        """The bytes of an answer, and whether the connection ends after them."""
        with self.lock:
            what = self.answers[min(len(self.log), len(self.answers) - 1)]
            self.log.append({"connection": number, "stream": stream, "answer": what})
        if what in ("reset", "refuse"):
            return frame(RESET, 0, stream, struct.pack(">I", 2 if what == "reset" else 7)), False
        head = frame(HEADERS, END_HEADERS, stream, b"\x88")  # HPACK's static entry for ":status: 200" (RFC 7541, appendix A)
        if what == "part":
            return head + frame(DATA, 0, stream, b"half") + frame(RESET, 0, stream, struct.pack(">I", 2)), False
        whole = head + frame(DATA, END_STREAM, stream, b"{}")
        if what == "goaway":
            return whole + frame(GOAWAY, 0, 0, struct.pack(">II", stream, 0)), True
        return whole, False

    def serve(self, plain, number):
        try:
            with self.context.wrap_socket(plain, server_side=True) as link, link.makefile("rb") as input:
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
                    elif kind == DATA and length:
                        link.sendall(frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", length)))
                    if kind in (HEADERS, DATA) and flags & END_STREAM:
                        reply, is_last = self.answer(number, stream)
                        link.sendall(reply)
                        if is_last:
                            # Closing with bytes unread would send a reset, which can overtake the answer.
                            link.shutdown(socket.SHUT_WR)
                            while link.recv(4096):
                                pass
                            return
        except OSError:
            pass  # The client ended it.


scripted.run(Server)
