"""A scripted HTTP server for the REST tests: Python's http.server does the protocol, argv[1] (JSON) says what to answer.

plan     {"METHOD /path": [answer, ...]}; the last answer repeats. An answer: status, headers, body, times (repetitions of body),
         delay and drip (seconds before, and between bytes), cut (body bytes before a reset), drop (no answer at all).
bucket   {"limit", "window"}: every path not in the plan has such a window of its own, as Discord counts them.
tls      subject alternative names, to serve TLS with a certificate of an authority made for this run; "oldest" does TLS 1.1 only.
"""
import email.parser, email.policy, http.server, json, socket, ssl, struct, sys, tempfile, threading, time

from certificates import certificates

script = json.loads(sys.argv[1])
lock = threading.Lock()
log, windows, used = [], {}, {}
connections = refused = 0


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536

    def setup(self):
        global connections
        with lock:
            connections += 1
            self.connection_number = connections
        if context:
            self.request = context.wrap_socket(self.request, server_side=True)
        super().setup()

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        entry = {"connection": self.connection_number, "method": self.command, "path": self.path,
                 "headers": {name.lower(): value for name, value in self.headers.items()},
                 "length": len(body), "body": body[:2000].decode("latin-1")}
        if "multipart" in self.headers.get("Content-Type", ""):
            entry["parts"] = parts(self.headers["Content-Type"], body)
        with lock:
            log.append(entry)
            key = f"{self.command} {self.path.split('?')[0]}"
            answers = script.get("plan", {}).get(key)
            if answers:
                number = used[key] = used.get(key, -1) + 1
                answer = answers[min(number, len(answers) - 1)]
            else:
                answer = limited(key)
        self.send(answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def send(self, answer):
        time.sleep(answer.get("delay", 0))
        if answer.get("drop"):
            return self.reset()
        body = (answer.get("body", "{}") * answer.get("times", 1)).encode()
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
            for byte in body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(answer["drip"])
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


def limited(key):
    """Discord's way of counting: windows that begin with their first request. Called with the lock held."""
    global refused
    now = time.monotonic()
    rule = script.get("bucket")
    if not rule:
        return {}
    count, ends = windows.get(key, (0, 0))
    count, ends = (0, now + rule["window"]) if now >= ends else (count, ends)
    allowed = count < rule["limit"]
    windows[key] = (count + allowed, ends)
    wait = max(0, ends - now)
    headers = {"X-RateLimit-Limit": str(rule["limit"]), "X-RateLimit-Remaining": str(rule["limit"] - count - allowed),
               "X-RateLimit-Reset-After": f"{wait:.3f}", "X-RateLimit-Bucket": key.split(" ")[0] + "hash"}
    if allowed:
        return {"headers": headers}
    refused += 1
    headers |= {"X-RateLimit-Scope": "user", "Retry-After": f"{wait:.3f}"}
    return {"status": 429, "headers": headers, "body": json.dumps({"message": "You are being rate limited.", "retry_after": wait, "global": False})}


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def handle_error(self, request, address):
        pass  # Resets and failed handshakes are what the tests are about.


with tempfile.TemporaryDirectory() as folder:
    context, authority = certificates(folder, script["tls"]) if "tls" in script else (None, None)
    if "oldest" in script:
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"port": server.server_address[1], "authority": authority}), flush=True)
    sys.stdin.read()
    with lock:
        print(json.dumps({"requests": log, "connections": connections, "refused": refused}), flush=True)
