"""A scripted HTTP server for the REST tests: Python's http.server does the protocol, a script says what to answer.

plan     {"METHOD /path": [answer, ...]}; the last answer repeats. An answer: status, headers, body, times (repetitions of body),
         delay and drip (seconds before, and between bytes), cut (body bytes before a reset), drop (no answer at all),
         after (waits until some dripping answer has "begun", or was "abandoned" by the client), raw (bytes before the body in place of
         status and headers; the connection ends after them unless keep says not to), pause (seconds of a global 429: what comes before
         they have passed and is no interaction's is refused).
bucket   {"limit", "window"}: every path not in the plan has such a window of its own, as Discord counts them.
tls      subject alternative names, to serve TLS with a certificate for them, or "" for one with a common name alone; "oldest" does TLS 1.1 only.
"""
import email.parser, email.policy, http.server, json, socket, ssl, struct, threading, time

import scripted


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536

    def setup(self):
        with self.server.lock:
            self.server.connections += 1
            self.connection_number = self.server.connections
        if self.server.secure:
            self.request = self.server.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        entry = {"connection": self.connection_number, "method": self.command, "path": self.path,
                 "headers": {name.lower(): value for name, value in self.headers.items()},
                 "length": len(body), "body": body[:2000].decode("latin-1")}
        if "multipart" in self.headers.get("Content-Type", ""):
            entry["parts"] = parts(self.headers["Content-Type"], body)
        self.send(self.server.choose(entry))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def send(self, answer):
        time.sleep(answer.get("delay", 0))
        if "after" in answer:
            self.server.drips[answer["after"]].wait()
        if answer.get("drop"):
            return self.reset()
        body = (answer.get("body", "" if "raw" in answer else "{}") * answer.get("times", 1)).encode()
        if "raw" in answer:
            self.close_connection = "keep" not in answer
            self.wfile.write(answer["raw"].encode("latin-1") + body)
            return
        status = answer.get("status", 200)
        self.send_response(status)
        for name, value in answer.get("headers", {}).items():
            self.send_header(name, value)
        if status == 204:
            body = b""
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if "cut" in answer:
            self.wfile.write(body[:answer["cut"]])
            self.wfile.flush()
            return self.reset()
        if "drip" in answer:
            self.server.drips["begun"].set()
            try:
                for byte in body:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(answer["drip"])
            except OSError:
                self.server.drips["abandoned"].set()
                raise
        else:
            self.wfile.write(body)

    def reset(self):
        self.close_connection = True
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def log_message(self, *arguments):
        pass


def parts(content_type, body):
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    return [{"name": part.get_param("name", header="content-disposition"), "filename": part.get_filename(),
             "type": part.get_content_type(), "length": len(part.get_payload(decode=True)),
             "text": part.get_payload(decode=True)[:200].decode("latin-1")} for part in message.iter_parts()]


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def __init__(self, script):
        super().__init__(("127.0.0.1", 0), Handler)
        self.port = self.server_address[1]
        self.script, self.secure = script, "tls" in script
        self.lock = threading.Lock()
        self.drips = {"begun": threading.Event(), "abandoned": threading.Event()}
        self.log, self.windows, self.used = [], {}, {}
        self.connections = self.refused = self.opens = 0
        if self.secure:
            self.context = scripted.context(script["tls"])
            if "oldest" in script:
                self.context.minimum_version = self.context.maximum_version = ssl.TLSVersion.TLSv1_1
                self.context.set_ciphers("ALL:@SECLEVEL=0")
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, address):
        pass  # Resets and failed handshakes are what the tests are about.

    def record(self):
        with self.lock:
            return {"requests": self.log, "connections": self.connections, "refused": self.refused}

    def choose(self, entry):
        key = f"{entry['method']} {entry['path'].split('?')[0]}"
        with self.lock:
            self.log.append(entry)
            left = self.opens - time.monotonic()
            if left > 0 and not entry["path"].startswith("/interactions/"):
                self.refused += 1
                return self.globally(left)
            answers = self.script.get("plan", {}).get(key)
            if not answers:
                return self.limited(key)
            number = self.used[key] = self.used.get(key, -1) + 1
            answer = answers[min(number, len(answers) - 1)]
            if "pause" not in answer:
                return answer
            self.opens = time.monotonic() + answer["pause"]
            return self.globally(answer["pause"])

    def globally(self, wait):
        headers = {"Retry-After": f"{wait:.3f}", "X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
        return {"status": 429, "headers": headers, "body": json.dumps({"message": "You are being rate limited.", "retry_after": wait, "global": True})}

    def limited(self, key):
        """Discord's way of counting: windows that begin with their first request."""
        rule = self.script.get("bucket")
        if not rule:
            return {}
        now = time.monotonic()
        count, ends = self.windows.get(key, (0, 0))
        count, ends = (0, now + rule["window"]) if now >= ends else (count, ends)
        allowed = count < rule["limit"]
        self.windows[key] = (count + allowed, ends)
        wait = max(0, ends - now)
        headers = {"X-RateLimit-Limit": str(rule["limit"]), "X-RateLimit-Remaining": str(rule["limit"] - count - allowed),
                   "X-RateLimit-Reset-After": f"{wait:.3f}", "X-RateLimit-Bucket": key.split(" ")[0] + "hash"}
        if allowed:
            return {"headers": headers}
        self.refused += 1
        headers |= {"X-RateLimit-Scope": "user", "Retry-After": f"{wait:.3f}"}
        return {"status": 429, "headers": headers, "body": json.dumps({"message": "You are being rate limited.", "retry_after": wait, "global": False})}


scripted.run(Server)
