"""The scripted servers' way of being told what to do: one JSON object a line on standard input, one answer a line on standard output.

{"start": script} begins a server of its own and answers {"number", "port", "authority"}; {"finish": number} answers what that server saw.
"""
import atexit, functools, json, os, shutil, ssl, subprocess, sys, tempfile

# Sockets of tests that ran as this program was started may be inherited: kept, they would not end where they are closed.
os.closerange(3, os.sysconf("SC_OPEN_MAX"))
folder = tempfile.mkdtemp()
atexit.register(shutil.rmtree, folder)
KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
authority = os.path.join(folder, "ca.pem")


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@functools.cache
def certificate(names):
    """Chain file of a certificate for the subject alternative `names`, of an authority made for this run by the openssl command."""
    if not os.path.exists(authority):
        openssl("req", "-x509", *KEY, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Test Authority")
    leaf = os.path.join(folder, "leaf-" + names.replace(":", "_").replace("*", "any"))
    openssl("req", *KEY, "-keyout", leaf, "-out", "leaf.csr", "-subj", "/CN=localhost")
    with open(os.path.join(folder, "extensions"), "w") as file:
        file.write(f"subjectAltName={names}\n" if names else "basicConstraints=CA:FALSE\n")
    openssl("x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "1", "-extfile", "extensions", "-out", "leaf.pem")
    with open(os.path.join(folder, "leaf.pem")) as source, open(leaf, "a") as target:
        target.write(source.read())
    return leaf


def context(names):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate(names))
    return made


def run(start):
    """`start(script)` begins a server: an object with `port`, `secure` and `record()`."""
    servers = []
    for line in sys.stdin:
        command = json.loads(line)
        if "start" in command:
            server = start(command["start"])
            servers.append(server)
            reply = {"number": len(servers) - 1, "port": server.port, "authority": authority if server.secure else None}
        else:
            reply = servers[command["finish"]].record()
        print(json.dumps(reply), flush=True)
