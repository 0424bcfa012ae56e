#!/usr/bin/env python3
"""`serve` asked by clients that others wrote, in front of servers that others wrote: curl, nghttp, h2load,
openssl s_client and Python's websockets; nginx and Python's http.server.

usage: clients.py [WORD...]     only tests whose name holds one of the words
"""

import asyncio
import json
import os
import re
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from proof import (HOST, backend_tls, free_port, gateway, has, holds, https, listener, main, route, rule,  # noqa: E402
                   same, service, test)

LARGE = 3_000_000


class Talker(BaseHTTPRequestHandler):
    """Python's server: answers with the body it got; says whether it came in chunks."""
    protocol_version = "HTTP/1.1"

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while True:
            size = int(self.rfile.readline(), 16)
            body += self.rfile.read(size)
            self.rfile.readline()
            if not size:
                return body

    def do_POST(self):
        body = self.body()
        self.send_response(200)
        self.send_header("X-Coding", self.headers.get("Transfer-Encoding", "none"))
        self.send_header("X-Method", self.command)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_PUT = do_HEAD = do_DELETE = do_POST

    def log_message(self, *_):
        pass


def python_server(world, handler=Talker):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    world.closers.append(server.shutdown)
    return server.server_address[1]


def large(world):
    """A file of LARGE octets that do not repeat."""
    return world.file("large", os.urandom(LARGE))


def content(name):
    with open(name, "rb") as file:
        return file.read()


def secured(world, *rules, **how):
    """HTTPS and HTTP listeners with a certificate of an authority of the test's, ca.crt."""
    world.certify("ca", None)
    world.certify("own", [HOST], "ca")
    return world.start(gateway(https(), listener(), **how.pop("spec", {})), world.secret("own"),
                       route(*(rules or [rule()])), *how.pop("objects", ()), **how)


def curl(world, path="/", *words, port=80, scheme="http"):
    """Status line words as curl writes them, and the body."""
    at = world.port(port)
    more = ["--cacert", world.path("ca.crt")] if scheme == "https" else []
    out = world.run("curl", "-sS", "--noproxy", "*", "--max-time", 50, "--resolve", "%s:%d:127.0.0.1" % (HOST, at), *more, *words,
                    "-w", "\n%{http_version} %{http_code} %{num_connects}", "%s://%s:%d%s" % (scheme, HOST, at, path))
    body, _, tail = out.rpartition(b"\n")
    return body, tail.decode()


# ---- curl ----

@test("curl")
def curl_speaks_http1(world):
    file = large(world)
    world.start(gateway(), route(rule()), backends={"app": python_server(world)})
    same(curl(world, "/", "-d", "abc"), (b"abc", "1.1 200 1"))
    same(curl(world, "/", "--http1.0", "-d", "abc"), (b"abc", "1.1 200 1"))
    same(curl(world, "/", "--data-binary", "@" + file)[0] == content(file), True, "3 MB there and back")
    head = curl(world, "/", "-T", "-", "-D", "-", "-o", os.devnull)[0]
    holds(rb"(?i)^x-coding: chunked\r", head)
    same(curl(world, "/", "-H", "Expect: 100-continue", "--expect100-timeout", "30", "-d", "abc"), (b"abc", "1.1 200 1"))
    head = curl(world, "/", "--head")[0]
    holds(rb"(?i)^x-method: HEAD\r", head)
    same(curl(world, "/", "-X", "DELETE")[1], "1.1 200 1")


@test("curl")
def curl_keeps_connections(world):
    world.start(gateway(), route(rule()), backends={"app": python_server(world)})
    at = "http://%s:%d" % (HOST, world.port())
    out = world.run("curl", "-sS", "--noproxy", "*", "--resolve", "%s:%d:127.0.0.1" % (HOST, world.port()), "-w", "%{num_connects} ",
                    *[at + "/%d" % i for i in range(10)])
    same(out.split(), [b"1"] + [b"0"] * 9)


@test("curl", "openssl")
def curl_speaks_http2(world):
    file = large(world)
    secured(world, backends={"app": python_server(world)})
    for words, port, scheme in ((["--http2"], 443, "https"), (["--http2-prior-knowledge"], 80, "http")):
        same(curl(world, "/", *words, "-d", "abc", port=port, scheme=scheme), (b"abc", "2 200 1"))
        same(curl(world, "/", *words, "--data-binary", "@" + file, port=port, scheme=scheme)[0] == content(file), True,
             "3 MB there and back")
        holds(rb"(?i)^x-method: HEAD\r", curl(world, "/", *words, "--head", port=port, scheme=scheme)[0])
    same(curl(world, "/", "--http1.1", port=443, scheme="https")[1], "1.1 200 1")
    # What is offered as an upgrade is not taken (RFC 9113 3.1): the answer is HTTP/1.1.
    same(curl(world, "/", "--http2", "-d", "abc"), (b"abc", "1.1 200 1"))


@test("curl", "openssl")
def curl_follows_redirects(world):
    to_https = {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "port": 443, "statusCode": 301}}
    secured(world, {"matches": [{"path": {"type": "PathPrefix", "value": "/old"}}], "filters": [to_https]}, rule(path="/old/in"))
    at, secure = world.port(), world.port(443)
    out = world.run("curl", "-sS", "--noproxy", "*", "-L", "--cacert", world.path("ca.crt"), "-w", "\n%{http_code} %{num_redirects}",
                    "--connect-to", "%s:443:127.0.0.1:%d" % (HOST, secure), "--resolve", "%s:%d:127.0.0.1" % (HOST, at),
                    "--max-redirs", "1", "-o", os.devnull, "http://%s:%d/old/in/x" % (HOST, at))
    same(out.split(), [b"200", b"0"])
    out = world.run("curl", "-sS", "--noproxy", "*", "-o", os.devnull, "-w", "%{http_code} %{redirect_url}",
                    "--resolve", "%s:%d:127.0.0.1" % (HOST, at), "http://%s:%d/old" % (HOST, at))
    same(out, b"301 https://%s/old" % HOST.encode())


@test("curl")
def curl_limits_its_speed(world):
    file = large(world)
    world.start(gateway(), route(rule()), backends={"app": python_server(world)})
    same(curl(world, "/", "--limit-rate", "3M", "--data-binary", "@" + file)[0] == content(file), True, "slowly there and back")


# ---- websockets ----

@test("websockets")
def websockets_through_the_proxy(world):
    import websockets

    async def echo(peer, *_):
        async for message in peer:
            await peer.send(message)

    async def talk():
        async with websockets.serve(echo, "127.0.0.1", 0, max_size=None) as server:
            world.start(gateway(), route(rule()), backends={"app": server.sockets[0].getsockname()[1]})
            async with websockets.connect("ws://%s/chat" % HOST, host="127.0.0.1", port=world.port(), max_size=None) as peer:
                for message in ("hello", b"\0\1", "x" * 1_000_000, ""):
                    await peer.send(message)
                    same(await peer.recv() == message, True, "an echo of %d" % len(message))
                await (await peer.ping())
            same(peer.close_code, 1000)

    asyncio.run(asyncio.wait_for(talk(), 60))


# ---- nghttp, h2load ----

@test("nghttp", "openssl")
def nghttp_shows_frames(world):
    secured(world)
    out = world.run("nghttp", "-v", "-H", ":authority: " + HOST, "http://127.0.0.1:%d/a" % world.port()).decode()
    holds(r":status: 200", out)
    holds(r'"path": ?"/a"', out)
    out = world.run("nghttp", "-v", "-n", "-H", ":authority: " + HOST, "https://127.0.0.1:%d/a" % world.port(443)).decode()
    holds(r"The negotiated protocol: h2", out)
    holds(r":status: 200", out)


@test("nghttp")
def nghttp_sends_trailers(world):
    file = large(world)
    seen = []

    class Reader(Talker):
        def do_POST(self):
            seen.append(len(self.body()))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
    world.start(gateway(), route(rule()), backends={"app": python_server(world, Reader)})
    out = world.run("nghttp", "-v", "-d", file, "--trailer", "x-sum: 7", "--no-content-length", "-H", ":authority: " + HOST,
                    "http://127.0.0.1:%d/" % world.port()).decode()
    holds(r":status: 200", out)
    same(seen, [LARGE])


def loaded(world, requests, *words):
    """h2load's own count of what was answered well."""
    out = world.run("h2load", "-n", requests, "-t", 1, *words, timeout=120).decode()
    counts = dict((word, int(n)) for n, word in re.findall(r"(\d+) (total|succeeded|failed|errored|timeout|2xx)", out))
    same((counts["total"], counts["succeeded"], counts["failed"], counts["errored"], counts["timeout"], counts["2xx"]),
         (requests, requests, 0, 0, 0, requests), out)


@test("h2load", "nginx", "openssl")
def h2load_loses_nothing(world):
    world.file("1k", b"a" * 1024)
    port, = world.nginx("server { listen 127.0.0.1:%d; root " + world.folder + "; }\n")
    secured(world, backends={"app": port})
    host = ["-H", ":authority: " + HOST]
    at, secure = "http://127.0.0.1:%d/1k" % world.port(), "https://127.0.0.1:%d/1k" % world.port(443)
    loaded(world, 4000, "--h1", "-c", 20, *host, at)
    loaded(world, 4000, "-c", 4, "-m", 50, *host, at)
    loaded(world, 4000, "-c", 4, "-m", 50, *host, secure)
    loaded(world, 2000, "--h1", "-c", 20, *host, secure)


class Hesitant(threading.Thread):
    """A backend that speaks h2c, says late that it takes two streams at a time, and refuses more."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.early = []  # streams that were opened before the SETTINGS, for each connection
        self.start()

    def run(self):
        while True:
            peer, _ = self.socket.accept()
            threading.Thread(target=self.talk, args=(peer,), daemon=True).start()

    def talk(self, peer):
        import h2.config
        import h2.connection
        import h2.events
        import h2.settings
        conn = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        few = {h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS: 2}
        conn.local_settings = h2.settings.Settings(client=False, initial_values=few)
        conn.initiate_connection()
        said, conn.local_settings = conn.data_to_send(), h2.settings.Settings(client=False)
        early, opened = 0, []
        peer.settimeout(0.3)
        while True:
            try:
                data = peer.recv(65536)
            except socket.timeout:
                if said:
                    early = len(opened)
                    self.early.append(early)
                    peer.sendall(said)
                    said = b""
                while opened:
                    stream = opened.pop(0)
                    if early > 2:
                        early -= 1
                        conn.reset_stream(stream, 7)  # REFUSED_STREAM
                    else:
                        conn.send_headers(stream, [(":status", "200")], end_stream=True)
                peer.sendall(conn.data_to_send())
                peer.settimeout(0.02)
                continue
            if not data:
                return
            opened += [e.stream_id for e in conn.receive_data(data) if isinstance(e, h2.events.RequestReceived)]


@test("h2load")
def requests_wait_for_the_settings_of_a_backend(world):
    backend = Hesitant()
    file = world.file("body", b"b" * 100)
    world.start(gateway(), route(rule()), service("app", appProtocol="kubernetes.io/h2c"), flags=["--workers=1"],
                backends={"app": backend.socket.getsockname()[1]})
    loaded(world, 20, "-c", 1, "-m", 20, "-d", file, "-H", ":authority: " + HOST, "http://127.0.0.1:%d/" % world.port())
    same(backend.early[0], 1, "requests before the settings")


# ---- openssl s_client ----

def s_client(world, *words, fails=False):
    return world.run("openssl", "s_client", "-connect", "127.0.0.1:%d" % world.port(443), *words, fails=fails).decode("utf-8", "replace")


@test("openssl")
def openssl_agrees_on_versions(world):
    secured(world)
    trust = ["-CAfile", world.path("ca.crt"), "-verify_return_error", "-servername", HOST, "-verify_hostname", HOST]
    for words, version in ((["-tls1_2"], "TLSv1.2"), (["-tls1_3"], "TLSv1.3")):
        out = s_client(world, *words, *trust)
        holds(r"^New, %s, Cipher is \S+$" % re.escape(version), out)
        holds(r"^\s*Verif(y return code|ication): (0 \()?(ok|OK)", out)
    s_client(world, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0", *trust, fails=True)
    holds(r"^ALPN protocol: h2$", s_client(world, "-alpn", "h2,http/1.1", *trust))
    holds(r"^ALPN protocol: http/1.1$", s_client(world, "-alpn", "http/1.1", *trust))
    holds(r"^No ALPN negotiated$", s_client(world, *trust))


@test("openssl")
def openssl_resumes_sessions(world):
    secured(world)
    ticket = world.path("ticket")
    for version in ("-tls1_2", "-tls1_3"):
        ask = ["GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % HOST]
        with_answer = dict(stdin=ask[0].encode())
        at = ["openssl", "s_client", "-connect", "127.0.0.1:%d" % world.port(443), version, "-servername", HOST, "-ign_eof"]
        first = world.run(*at, "-sess_out", ticket, **with_answer).decode()
        holds(r"^New, ", first)
        holds(r"HTTP/1.1 200 OK", first)
        again = world.run(*at, "-sess_in", ticket, **with_answer).decode()
        holds(r"^Reused, ", again)
        holds(r"HTTP/1.1 200 OK", again)
        world.serve.reload()
        holds(r"^Reused, ", world.run(*at, "-sess_in", ticket, **with_answer).decode(), "after a reload")


@test("openssl")
def openssl_chooses_by_name(world):
    for name, hosts in (("exact", ["one.example.com"]), ("wild", ["*.example.com"]), ("other", ["other.test"])):
        world.certify(name, hosts)
    world.start(gateway(https("exact", "exact", hostname="one.example.com"), https("wild", "wild", hostname="*.example.com"),
                        https("other", "other", hostname="other.test")),
                *[world.secret(n) for n in ("exact", "wild", "other")], route(rule(), hosts=["*.example.com", "other.test"]))
    for name, wanted in (("one.example.com", "exact"), ("two.example.com", "wild"), ("a.b.example.com", "wild"),
                         ("ONE.example.COM", "exact"), ("other.test", "other")):
        holds(r"^subject=CN = %s$" % wanted, s_client(world, "-servername", name), name)
    out = world.run("openssl", "s_client", "-connect", "127.0.0.1:%d" % world.port(443), "-servername", "nobody.invalid", fails=True)
    same(b"subject=" in out, False, "a certificate for a name of no listener")


@test("openssl", "curl")
def openssl_shows_client_certificates(world):
    world.certify("clients", None)
    world.certify("alice", ["alice.test"], "clients")
    world.certify("mallory", ["mallory.test"])
    refs = [{"group": "", "kind": "ConfigMap", "name": "clients"}]
    secured(world, spec={"tls": {"frontend": {"default": {"validation": {"caCertificateRefs": refs}}}}},
            objects=[world.authority("clients")])

    def pair(name):
        return ["--cert", world.path(name + ".crt"), "--key", world.path(name + ".key")]
    same(curl(world, "/", *pair("alice"), port=443, scheme="https")[1], "2 200 1")
    at = world.port(443)
    for words in (pair("mallory"), []):
        out = world.run("curl", "-sS", "--noproxy", "*", "--resolve", "%s:%d:127.0.0.1" % (HOST, at), "--cacert", world.path("ca.crt"),
                        *words, "https://%s:%d/" % (HOST, at), fails=True)
        holds(rb"alert|SSL", out)
    out = s_client(world, "-tls1_3", "-servername", HOST, "-cert", world.path("alice.crt"), "-key", world.path("alice.key"))
    holds(r"^Acceptable client certificate CA names\n.*CN = clients$", out)


# ---- servers ----

def pages(world):
    world.file("small", b"small")
    world.file("text.html", b"<p>text " * 20000)
    return large(world)


@test("nginx", "curl")
def nginx_behind_http1(world):
    file = pages(world)
    port, = world.nginx("server { listen 127.0.0.1:%d; root " + world.folder + "; gzip on; gzip_proxied any; gzip_min_length 1;\nclient_max_body_size 0;\n"
                        "location /early { return 403; } location /close { keepalive_timeout 0; alias " + world.folder + "/; } }\n")
    world.start(gateway(), route(rule()), backends={"app": port})
    same(curl(world, "/small"), (b"small", "1.1 200 1"))
    same(curl(world, "/large")[0] == content(file), True, "3 MB")
    same(curl(world, "/text.html", "--compressed")[0] == content(world.path("text.html")), True, "gzip in chunks")
    same(curl(world, "/text.html", "--compressed", "--http2-prior-knowledge")[0] == content(world.path("text.html")), True,
         "gzip in chunks over HTTP/2")
    same(curl(world, "/large", "-r", "100-199")[0] == content(file)[100:200], True, "a range")
    tag = holds(rb"(?i)^etag: (\S+)\r", curl(world, "/small", "--head")[0]).group(1).decode()
    same(curl(world, "/small", "-H", "If-None-Match: " + tag), (b"", "1.1 304 1"))
    same(curl(world, "/early", "--data-binary", "@" + file, "-o", os.devnull)[1].split()[1], "403")
    for _ in range(5):
        same(curl(world, "/close/small"), (b"small", "1.1 200 1"))
    same(curl(world, "/nothing", "-o", os.devnull)[1], "1.1 404 1")


@test("nginx", "curl", "openssl")
def nginx_behind_http2_and_tls(world):
    file = pages(world)
    world.certify("ca", None)
    world.certify("inner", ["inner.test"], "ca")
    pair = "ssl_certificate %s; ssl_certificate_key %s; root %s;" % (
        world.path("inner.crt"), world.path("inner.key"), world.folder)
    ports = world.nginx("server { listen 127.0.0.1:%d http2; root " + world.folder + "; }\n"
                        "server { listen 127.0.0.1:%d ssl; " + pair + " }\n"
                        "server { listen 127.0.0.1:%d ssl http2; " + pair + " }\n")
    world.start(gateway(), route(rule("h2c", "/h2c", filters=[strip()]), rule("tls", "/tls", filters=[strip()]),
                                 rule("h2", "/h2", filters=[strip()]), rule("wrong", "/wrong", filters=[strip()])),
                service("h2c", appProtocol="kubernetes.io/h2c"), service("tls"), service("h2", appProtocol="kubernetes.io/h2c"),
                service("wrong"), backend_tls("tls", "inner.test", "ca"), backend_tls("h2", "inner.test", "ca"),
                backend_tls("wrong", "another.test", "ca"), world.authority("ca"),
                backends=dict(zip(("h2c", "tls", "h2", "wrong"), ports + ports[1:2])))
    for path in ("/h2c", "/tls", "/h2"):
        for words in ([], ["--http2-prior-knowledge"]):
            version = "2" if words else "1.1"
            same(curl(world, path + "/small", *words), (b"small", version + " 200 1"), path)
            same(curl(world, path + "/large", *words)[0] == content(file), True, path + ": 3 MB")
    same(curl(world, "/wrong/small")[1], "1.1 502 1", "a server with another name")


def strip():
    return {"type": "URLRewrite", "urlRewrite": {"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}}}


@test("curl")
def python_behind(world):
    file = pages(world)

    def handler(*args):
        return Files(*args, directory=world.folder)

    class Files(SimpleHTTPRequestHandler):  # HTTP/1.0, and the end of the connection is that of the answer
        def log_message(self, *_):
            pass
    world.start(gateway(), route(rule()), backends={"app": python_server(world, handler)})
    same(curl(world, "/small"), (b"small", "1.1 200 1"))
    same(curl(world, "/large")[0] == content(file), True, "3 MB")
    holds(rb"text.html", curl(world, "/")[0])
    same(curl(world, "/", "-d", "x", "-o", os.devnull)[1], "1.1 501 1")
    same(curl(world, "/large", "--http2-prior-knowledge")[0] == content(file), True, "3 MB over HTTP/2")


if __name__ == "__main__":
    main("clients", sys.argv[1:])
