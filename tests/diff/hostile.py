#!/usr/bin/env python3
"""diff and servers that mean it no good: a credential that is sent stands nowhere afterwards, however the server
repeats it, and whatever a server answers, the run ends in time with a status that says so.

usage: tests/diff/hostile.py [-v] [NAME...]

Ends with "N passed, N failed".
"""

import base64
import html
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

import program  # noqa: E402
import tally  # noqa: E402

tests = tally.Tally("diff against hostile servers")

INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: web}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: front, port: {number: 80}}}}]}
"""


class Listener:
    """Gives each connection to `serve` in a thread of its own, once listen() was called."""

    def listen(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_why):
        self.listener.close()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()


class Server(Listener):
    """`answer(connection, head, number)` writes what it likes; connections are closed behind it."""

    def __init__(self, answer):
        self.answer = answer
        self.heads = []
        self.listen()

    def serve(self, connection):
        with connection:
            connection.settimeout(20)
            head = b""
            try:
                while b"\r\n\r\n" not in head:
                    more = connection.recv(65536)
                    if not more:
                        return
                    head += more
                self.heads.append(head)
                self.answer(connection, head, len(self.heads))
            except OSError:
                pass


def diff(live, candidate, *args, requests=None, timeout=60):
    """Status and everything that the run wrote anywhere."""
    with tempfile.TemporaryDirectory(prefix="i2g-hostile-") as directory:
        path = lambda name: os.path.join(directory, name)  # noqa: E731
        with open(path("in.yaml"), "w", encoding="utf-8") as file:
            file.write(INGRESS)
        with open(path("requests"), "wb") as file:
            file.write(requests or b"GET http://shop.example.com/\n")
        command = [program.binary(), "diff", path("in.yaml"), "--live=http://127.0.0.1:%d" % live.port,
                   "--candidate=http://127.0.0.1:%d" % candidate.port, "--requests=" + path("requests"),
                   "--record=" + path("record.jsonl"), "--unsafe-methods", "--timeout=2s", "--retries=0", "-v"]
        for kind in ("json", "html", "junit", "markdown", "github"):
            command += ["-o", "%s=%s" % (kind, path("out." + kind))]
        done = subprocess.run(command + ["-o", "text"] + list(args), stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=timeout, env=program.ENVIRONMENT, check=False)
        wrote = {"stdout": done.stdout, "stderr": done.stderr}
        for name in sorted(os.listdir(directory)):
            if name not in ("in.yaml", "requests"):
                with open(path(name), "rb") as file:
                    wrote[name] = file.read()
        return done.returncode, wrote


# ---- credentials ----

TOKEN = "t0kenZQ/x+9\"<&7Kq"
WORD = "w0rdYY81kzP"
PAIR = "alice:pa55/w0rd?Xy"


def spellings(secret):
    """A credential as servers repeat it."""
    raw = secret.encode()
    return {
        "plain": raw,
        "percent": urllib.parse.quote(secret, safe="").encode(),
        "percent, small": urllib.parse.quote(secret, safe="").lower().encode(),
        "form": urllib.parse.quote_plus(secret, safe="/").encode(),
        "json": json.dumps(secret)[1:-1].encode(),
        "json with slashes": json.dumps(secret)[1:-1].replace("/", "\\/").encode(),
        "html": html.escape(secret).encode(),
        "base64": base64.b64encode(raw),
        "base64url": base64.urlsafe_b64encode(raw).rstrip(b"="),
        "hex": raw.hex().encode(),
    }


def leaks(wrote, secrets):
    found = []
    for secret in secrets:
        for spelling, text in spellings(secret).items():
            for name, content in wrote.items():
                if text in content:
                    at = content.index(text)
                    found.append("%s of %s in %s: %r" % (spelling, secret, name, content[max(at - 60, 0):at + 60]))
    return found


def repeat(texts, side):
    """Answers that have the texts in every field that a report tells of."""
    def answer(connection, head, number):
        del head
        lines = [b"HTTP/1.1 200 OK", b"X-Side: " + side]
        for i, text in enumerate(texts):
            lines += [b"X-Echo-%d-%s: a %s b" % (i, side, text), b"X-Both-%d: %s %s" % (i, side, text),
                      b"Set-Cookie: c%d-%s=%s; Path=/%s" % (i, side, text, text)]
        lines += [b"X-Backend: " + side + b"-" + texts[number % len(texts)],
                  b"X-Name-" + texts[0].replace(b":", b"").replace(b" ", b"") + b": " + side,
                  b"Location: http://h.example/" + side + b"?q=" + b"&q=".join(texts),
                  b"Content-Type: text/plain"]
        body = b"".join(b"%s %d\nit was %s indeed\n" % (side, number, text) for text in texts)
        connection.sendall(b"\r\n".join(lines) + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    return answer


def check_spellings(label, secrets, *args, requests=None, sent=None):
    for secret in secrets:
        texts = list(spellings(secret).values())
        with Server(repeat(texts, b"live")) as live, Server(repeat(texts, b"candidate")) as candidate:
            status, wrote = diff(live, candidate, "--backend-header=X-Backend", *args, requests=requests)
            if sent:
                tests.check("%s: it is sent" % label, any(sent in head for head in live.heads), live.heads[:1])
        tests.check("%s: status" % label, status == 1, wrote["stderr"].decode(errors="replace"))
        found = leaks(wrote, [secret])
        tests.check("%s, %s" % (label, secret), not found, "\n".join(found))


def test_secret_header():
    check_spellings("-H", [TOKEN], "-H", "X-Any: " + TOKEN, sent=TOKEN.encode())


def test_secret_bearer():
    check_spellings("-H Authorization", [TOKEN], "-H", "Authorization: Bearer " + TOKEN)


def test_secret_basic():
    basic = "Basic " + base64.b64encode(PAIR.encode()).decode()
    check_spellings("-H Basic", [PAIR, PAIR.split(":")[1]], "-H", "Authorization: " + basic)


def test_secret_cookie():
    check_spellings("Cookie of a file", [WORD], requests=(
        "curl http://shop.example.com/ -H 'Cookie: a=1; sid=%s'\n" % WORD).encode())


def test_secret_many_cookies():
    cookies = "; ".join("c%d=value%04d" % (i, i) for i in range(200))
    check_spellings("the last of many cookies", [WORD], requests=(
        "curl http://shop.example.com/ -H 'Cookie: %s; sid=%s'\n" % (cookies, WORD)).encode())


def test_secret_query():
    check_spellings("token of a query", [WORD], requests=(
        "GET http://shop.example.com/?access_token=%s\n" % WORD).encode())


def test_secret_user():
    check_spellings("user of a URL", [PAIR.split(":")[1]], requests=(
        "curl -u '%s' http://shop.example.com/\n" % PAIR).encode())
    check_spellings("user in a URL", [WORD], requests=("GET http://alice:%s@shop.example.com/\n" % WORD).encode())


def body_of(make):
    """An answer of JSON or text, made of the side's name."""
    def side(name):
        def answer(connection, _head, _number):
            kind, body = make(name)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (kind, len(body)) + body)
        return answer
    return side(b"live"), side(b"candidate")


def check_body(label, make, secrets, *args, **how):
    live_answer, candidate_answer = body_of(make)
    with Server(live_answer) as live, Server(candidate_answer) as candidate:
        status, wrote = diff(live, candidate, *args, **how)
    tests.check(label + ": status", status == 1, wrote["stderr"].decode(errors="replace"))
    found = leaks(wrote, secrets)
    tests.check(label, not found, "\n".join(found))


LONG = "".join("%02x" % (i * 7 % 256) for i in range(200))  # longer than what is shown of a text


def test_secret_in_pieces():
    """What is shown of a long text begins or ends within a credential."""
    pieces = [LONG[at:at + 12] for at in range(0, len(LONG) - 12, 12)]
    check_body("a line that is cut", lambda side: (b"text/plain", LONG.encode() + b" " + side + b"\n"), pieces,
               "-H", "X-Any: " + LONG)
    check_body("a body that is cut", lambda side: (b"text/plain", side + b"x" * (65536 - 90 - len(side)) + LONG.encode()),
               pieces, "-H", "X-Any: " + LONG)
    check_body("a key of JSON", lambda side: (b"application/json", b'{"%s":"%s"}' % (WORD.encode(), side)), [WORD],
               "-H", "X-Any: " + WORD)


def test_secret_of_the_server():
    """Credentials that the server hands out."""
    def answer_of(side):
        def answer(connection, _head, number):
            connection.sendall(b"HTTP/1.1 302 Found\r\nSet-Cookie: sid=%s%d\r\n"
                               b"Location: http://h.example/%s?%s&access_token=%s#id_token=%s\r\nContent-Length: 0\r\n\r\n" % (
                                   WORD.encode(), number, side, b"p=1&" * 60, WORD.encode(), WORD.encode()))
        return answer
    with Server(answer_of(b"live")) as live, Server(answer_of(b"candidate")) as candidate:
        status, wrote = diff(live, candidate)
    tests.check("a server's own credentials: status", status == 1, wrote["stderr"].decode(errors="replace"))
    found = leaks(wrote, [WORD])
    tests.check("a server's own credentials", not found, "\n".join(found))


def test_secret_body():
    for label, body in (("form", "user=alice&password=" + WORD), ("JSON", json.dumps({"user": "alice", "password": WORD}))):
        check_body("a password in a " + label, lambda side: (b"text/plain", b"%s %s\n" % (side, WORD.encode())), [WORD],
                   requests=("curl http://shop.example.com/ -d '%s'\n" % body).encode())


def redirect(to):
    def answer(connection, _head, _number):
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % to)
    return answer


def test_no_secret():
    """A host is none: where a redirect leads is seen, whoever gives it with -H."""
    with Server(redirect(b"http://shop.example.com/x")) as live, Server(redirect(b"/x")) as candidate:
        status, wrote = diff(live, candidate, "-H", "Host: shop.example.com")
    tests.check("a redirect to the host", status == 0, wrote["stdout"].decode())


# ---- who is told ----

class Stranger(Listener):
    """HTTPS with a certificate that nobody has signed; connections are kept. `told` is all that came."""

    def __init__(self, directory):
        key, certificate = os.path.join(directory, "key"), os.path.join(directory, "certificate")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=shop.example.com",
                        "-addext", "subjectAltName=DNS:shop.example.com"], check=True, capture_output=True)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.told = b""
        self.listen()

    def serve(self, connection):
        try:
            with self.context.wrap_socket(connection, server_side=True) as wire:
                wire.settimeout(20)
                while True:
                    head = b""
                    while b"\r\n\r\n" not in head:
                        more = wire.recv(65536)
                        if not more:
                            return
                        head += more
                    self.told += head
                    wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n")
        except OSError:
            pass


def test_strangers():
    """Who cannot prove who it is hears no secret, on a connection of another request neither."""
    url = "https://shop.example.com/"
    cases = {
        "an API key": "curl %s -H 'X-Api-Key: %s'" % (url, WORD),
        "a token": "GET %s?access_token=%s" % (url, WORD),
        "a cookie": "curl %s -H 'Cookie: sid=%s'" % (url, WORD),
        "a user": "GET https://alice:%s@shop.example.com/" % WORD,
        "a form": "curl %s -d password=%s" % (url, WORD),
    }
    for label, secret in cases.items():
        plain = "curl %s%%d" % url if secret.startswith("curl") else "GET %s%%d" % url
        with tempfile.TemporaryDirectory(prefix="i2g-hostile-") as directory:
            live = Stranger(directory)
            with Server(lambda *_: None) as candidate:
                requests = "\n".join([plain % 1, plain % 2, secret, plain % 3]) + "\n"
                status, wrote = diff(candidate, candidate, "--live=https://127.0.0.1:%d" % live.port,
                                     "--candidate=https://127.0.0.1:%d" % live.port, "--concurrency=1",
                                     requests=requests.encode())
            live.listener.close()
        tests.check("%s: the others are asked" % label, b" /1 " in live.told and b" /3 " in live.told,
                    wrote["stderr"].decode(errors="replace"))
        heard = [one for one in (WORD.encode(), base64.b64encode(b"alice:" + WORD.encode())) if one in live.told]
        tests.check("%s: a stranger does not hear it" % label, not heard, live.told.decode(errors="replace"))
        tests.check("%s: status" % label, status != 0, wrote["stdout"].decode(errors="replace"))


# ---- requests ----

def replay(request):
    """What the candidate was sent when a recording holds this request, and its status."""
    sent, done = [], threading.Event()

    def answer(connection, head, _number):
        connection.settimeout(0.3)
        try:
            while True:
                more = connection.recv(65536)
                if not more:
                    break
                head += more
        except OSError:
            pass
        sent.append(head)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        done.set()
    entry = {"number": 1, "origin": "f:1", "times": 1, "request": dict(
        {"method": "GET", "tls": False, "port": 80, "authority": "shop.example.com", "target": "/", "version": "1.1",
         "headers": []}, **request),
        "live": {"micros": 1, "status": 200, "version": "1.1", "headers": [], "bodyLength": 0, "bodySha256": "0" * 64}}
    with tempfile.TemporaryDirectory(prefix="i2g-hostile-") as directory, Server(answer) as candidate:
        with open(os.path.join(directory, "in.yaml"), "w", encoding="utf-8") as file:
            file.write(INGRESS)
        with open(os.path.join(directory, "r.jsonl"), "w", encoding="utf-8") as file:
            file.write('{"ingress2gw":"recording","version":1,"live":"x"}\n%s\n' % json.dumps(entry))
        run = subprocess.run([program.binary(), "diff", os.path.join(directory, "in.yaml"), "--unsafe-methods",
                              "--replay=" + os.path.join(directory, "r.jsonl"), "--timeout=2s",
                              "--candidate=http://127.0.0.1:%d" % candidate.port],
                             stdin=subprocess.DEVNULL, capture_output=True, timeout=60, env=program.ENVIRONMENT, check=False)
    return sent, run


def test_one_request():
    """Whatever stands in a recording, no second request comes of it, and no method but its own."""
    second = "GET /second HTTP/1.1\r\nX-Second: 1\r\n\r\n"
    for method in ("GET", "POST"):
        for headers in ([["Content-Length", "3"]], [["content-length", "100"]], [["Transfer-Encoding", "chunked"]],
                        [["Content-Length", "0"], ["Transfer-Encoding", "identity"]], []):
            for body in ("abc" + second, "0\r\n\r\n" + second, ""):
                sent, run = replay({"method": method, "headers": headers, "body": body, "bodyLength": len(body)})
                label = "%s, %s, body of %d" % (method, headers, len(body))
                if not tests.check(label + ": it is asked", sent, run.stderr.decode(errors="replace")):
                    continue
                head, _, rest = sent[0].partition(b"\r\n\r\n")
                lines = head.decode().lower().split("\r\n")
                framing = [one for one in lines if one.startswith(("content-length", "transfer-encoding"))]
                tests.check(label + ": method", head.startswith(method.encode() + b" "), head.decode())
                tests.check(label + ": framing", framing == (["content-length: %d" % len(body)] if body else []) and
                            rest == body.encode(), sent[0].decode())
    sent, _ = replay({"method": "GET", "body": second})
    tests.check("a GET with a body that is not announced", sent and sent[0].startswith(b"GET "), str(sent))
    for request in ({"headers": [["X-A", "b\r\nX-Second: 1"]]}, {"headers": [["X-A: b\r\nX-Second", "1"]]},
                    {"target": "/ HTTP/1.1\r\nX-Second: 1"}, {"authority": "a\r\nX-Second: 1"}, {"method": "GET / HTTP/1.1\r\nX"}):
        sent, run = replay(request)
        tests.check("%r is not asked" % request, not sent and run.returncode == 2, str(sent))


if __name__ == "__main__":
    names = [one for one in sys.argv[1:] if not one.startswith("-")]
    for name, function in list(globals().items()):
        if name.startswith("test_") and (not names or name[5:] in names):
            function()
    sys.exit(tests.finish())
