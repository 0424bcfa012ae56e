#!/usr/bin/env python3
"""`ingress2gw serve` on real sockets: its own binary, clients and backends that behave as they should, and
others.

usage: run.py [WORD...]     only tests whose name holds one of the words
"""

import base64
import concurrent.futures
import hashlib
import json
import os
import signal
import re
import resource
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "conformance"), os.path.dirname(HERE)]

import h2.errors  # noqa: E402
import h2.events  # noqa: E402
import hpack  # noqa: E402
import http2  # noqa: E402
import program  # noqa: E402
from h2.settings import SettingCodes  # noqa: E402
from server import PATIENCE, Serve, Wire, ask, request, until  # noqa: E402
from tally import Tally  # noqa: E402

HOST = "shop.example.com"
warnings.filterwarnings("ignore", category=DeprecationWarning)  # old versions of TLS are asked for on purpose


# ---- backends ----

class Backend:
    """Listens, and gives each connection to a function in a thread of its own."""

    def __init__(self, talk):
        self.talk, self.count = talk, 0
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            self.count += 1
            threading.Thread(target=self.one, args=(peer,), daemon=True).start()

    def one(self, peer):
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            with Wire(None, sock=peer) as wire:
                self.talk(wire)
        except (OSError, EOFError, ValueError):
            pass

    def close(self):
        self.socket.close()


def read_request(wire):
    """Request line, fields and body of the next request."""
    line = wire.line()
    fields = wire.fields()
    low = {n.lower(): v for n, v in fields}
    body = b""
    if low.get("transfer-encoding"):
        body, _ = wire.chunks()
    elif "content-length" in low:
        body = wire.exactly(int(low["content-length"]))
    return line, low, body


def reply(wire, body=b"", status=200, headers=()):
    lines = ["HTTP/1.1 %d x" % status, "Content-Length: %d" % len(body)] + list(headers)
    wire.send(("\r\n".join(lines) + "\r\n\r\n").encode() + body)


def kind(wire):
    """Answers with what it was sent."""
    while True:
        line, _, body = read_request(wire)
        reply(wire, line.encode() + b"\n" + body)


def raw(answer, keep=False):
    """Answers each request with these bytes, then closes."""
    def talk(wire):
        read_request(wire)
        wire.send(answer)
        if keep:
            wire.rest()
    return talk


# ---- manifests ----

def route(rules):
    return {"apiVersion": "v1", "kind": "List", "items": [
        {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
         "metadata": {"name": "gw", "namespace": "web"},
         "spec": {"gatewayClassName": "x",
                  "listeners": [{"name": "http", "port": 80, "protocol": "HTTP"}]}},
        {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
         "metadata": {"name": "shop", "namespace": "web"},
         "spec": {"parentRefs": [{"name": "gw"}], "hostnames": [HOST], "rules": rules}}]}


def rule(path="/", service="app", **more):
    made = {"matches": [{"path": {"type": "PathPrefix", "value": path}}],
            "backendRefs": [{"name": service, "port": 80}]}
    made.update(more)
    return made


INGRESS = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
           "metadata": {"name": "shop", "namespace": "web", "annotations": {
               "nginx.ingress.kubernetes.io/rewrite-target": "/$2"}},
           "spec": {"ingressClassName": "nginx", "rules": [{"host": HOST, "http": {"paths": [
               {"path": "/cart(/|$)(.*)", "pathType": "ImplementationSpecific",
                "backend": {"service": {"name": "app", "port": {"number": 80}}}}]}}]}}


class Case:
    """One test's files, backends and proxy."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.file = os.path.join(self.folder.name, "in.json")
        self.backends, self.serve = [], None

    def write(self, objects):
        with open(self.file + ".new", "w", encoding="utf-8") as file:
            file.write(objects if isinstance(objects, str) else json.dumps(objects))
        os.rename(self.file + ".new", self.file)

    def backend(self, talk):
        self.backends.append(Backend(talk))
        return self.backends[-1]

    def start(self, objects=None, *args, backends=None):
        self.write(objects or route([rule()]))
        given = ["--backend=web/%s=127.0.0.1:%d" % (n, b.port) for n, b in (backends or {}).items()]
        self.serve = Serve(self.file, *given, *args)
        self.at = next(iter(self.serve.binds.values()))
        return self

    def with_backend(self, talk, *args):
        return self.start(None, *args, backends={"app": self.backend(talk)})

    def ask(self, path="/", method="GET", headers=(), body=None, host=HOST):
        return ask(self.at, host, path, method, headers, body)

    def wire(self):
        return Wire(self.at)

    def finish(self):
        for backend in self.backends:
            backend.close()
        complaints = self.serve.stop() if self.serve else []
        self.folder.cleanup()
        return complaints


TESTS = []


def test(function):
    TESTS.append(function)
    return function


def same(got, wanted, what="result"):
    if got != wanted:
        raise AssertionError("%s: %.300r, not %.300r" % (what, got, wanted))


# ---- requests and answers ----

@test
def echo_says_what_it_was_asked(case):
    case.start(None)
    answer = case.ask("/a%20b?x=1", headers=[("X-Thing", "v"), ("X-Echo-Set-Header", "X-Set:yes")])
    said = json.loads(answer.body)
    same((said["path"], said["host"], said["service"], said["pod"], said["namespace"]),
         ("/a%20b?x=1", HOST, "app", "app-echo-0", "web"))
    same(said["headers"]["X-Thing"], ["v"])
    same((answer.get("Content-Type"), answer.get("X-Set")), ("application/json", "yes"))
    same(case.ask("/status/418").status, 418)
    started = time.monotonic()
    case.ask("/?delay=200ms")
    assert time.monotonic() - started >= 0.2


@test
def connections_are_kept_on_both_sides(case):
    backend = case.backend(kind)
    case.start(None, "--workers=1", backends={"app": backend})
    with case.wire() as wire:
        for i in range(50):
            wire.send(request(HOST, "/%d" % i))
            same(wire.answer().body, b"GET /%d HTTP/1.1\n" % i)
    same(backend.count, 1, "connections to the backend")


@test
def pipelined_requests_are_answered_in_order(case):
    case.with_backend(kind)
    with case.wire() as wire:
        wire.send(b"".join(request(HOST, "/%d" % i, "POST", body=b"x" * i) for i in range(100)))
        for i in range(100):
            same(wire.answer().body, b"POST /%d HTTP/1.1\n" % i + b"x" * i)


@test
def pipelined_behind_chunks(case):
    case.with_backend(kind)
    chunked = request(HOST, "/c", "POST", [("Transfer-Encoding", "chunked")])
    with case.wire() as wire:
        for part in (chunked, b"3\r\nabc\r\n", b"0\r\n\r\n" + request(HOST, "/next")):
            wire.send(part)
            time.sleep(0.05)
        same(wire.answer().body, b"POST /c HTTP/1.1\nabc")
        same(wire.answer().body, b"GET /next HTTP/1.1\n")


@test
def bodies_of_all_sizes_both_ways(case):
    case.with_backend(kind)
    for size in (0, 1, 100, 16383, 16384, 65536, 300000, 5000000):
        body = os.urandom(1000) * (size // 1000) + b"y" * (size % 1000)
        same(case.ask("/p", "POST", body=body).body, b"POST /p HTTP/1.1\n" + body, "size %d" % size)


@test
def heads_byte_by_byte(case):
    case.with_backend(kind)
    with case.wire() as wire:
        for byte in request(HOST, "/slow", "PUT", body=b"abc"):
            wire.send(bytes([byte]))
        same(wire.answer().body, b"PUT /slow HTTP/1.1\nabc")


@test
def continue_is_answered_before_the_body(case):
    case.with_backend(kind)
    with case.wire() as wire:
        wire.send(request(HOST, "/", "POST", [("Expect", "100-continue"), ("Content-Length", "3")]))
        same(wire.answer(interim=True).status, 100)
        wire.send(b"abc")
        same(wire.answer().body, b"POST / HTTP/1.1\nabc")
        wire.send(request("other.example.com", "/", "POST",
                          [("Expect", "100-continue"), ("Content-Length", "3")]))
        same(wire.answer(interim=True).status, 404)
    same(case.ask("/", headers=[("Expect", "something")]).status, 417)


@test
def head_has_no_body(case):
    def talk(wire):
        while True:
            read_request(wire)
            wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
    case.with_backend(talk)
    with case.wire() as wire:
        for _ in range(3):
            wire.send(request(HOST, "/", "HEAD"))
            answer = wire.answer("HEAD")
            same((answer.status, answer.get("Content-Length")), (200, "500"))


@test
def old_clients_get_no_chunks(case):
    case.with_backend(raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", True))
    with case.wire() as wire:
        wire.send(b"GET / HTTP/1.0\r\nHost: %s\r\n\r\n" % HOST.encode())
        answer = wire.answer()
        same((answer.body, answer.get("Transfer-Encoding")), (b"hello", None))
    case.serve.stop()
    case.serve = None
    case.with_backend(kind)
    with case.wire() as wire:
        for _ in range(2):
            wire.send(b"GET / HTTP/1.0\r\nHost: %s\r\nConnection: keep-alive\r\n\r\n" % HOST.encode())
            same(wire.answer().get("Connection"), "keep-alive")


@test
def trailers_pass(case):
    case.with_backend(raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                          b"5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n", True))
    answer = case.ask()
    same((answer.body, answer.trailers), (b"hello", [("X-Sum", "7")]))


@test
def answers_until_close_become_chunks(case):
    case.with_backend(raw(b"HTTP/1.1 200 OK\r\n\r\nhello"))
    with case.wire() as wire:
        for _ in range(2):
            wire.send(request(HOST))
            answer = wire.answer()
            same((answer.body, answer.get("Transfer-Encoding")), (b"hello", "chunked"))


@test
def interim_answers_pass(case):
    case.with_backend(raw(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
    with case.wire() as wire:
        wire.send(request(HOST))
        same([wire.answer(interim=True).status, wire.answer().status], [103, 200])


@test
def forwarded_fields(case):
    seen = []

    def talk(wire):
        while True:
            seen.append(read_request(wire)[1])
            reply(wire)
    case.with_backend(talk)
    case.ask(headers=[("X-Forwarded-For", "192.0.2.1"), ("X-Request-Id", "mine"), ("Connection", "X-Hop"),
                      ("X-Hop", "1"), ("TE", "gzip"), ("traceparent", "00-1-2-3")])
    same(seen[0]["x-forwarded-for"].replace(" ", ""), "192.0.2.1,127.0.0.1")
    same((seen[0]["x-request-id"], seen[0]["x-forwarded-proto"], seen[0]["traceparent"]),
         ("mine", "http", "00-1-2-3"))
    assert "x-hop" not in seen[0] and "te" not in seen[0]


@test
def malformed_requests_are_refused_and_closed(case):
    case.start(None)
    good = b"GET / HTTP/1.1\r\nHost: %s\r\n" % HOST.encode()
    for bad in (b"GET / HTTP/1.1\r\n\r\n", good + b"A : b\r\n\r\n", good + b" folded\r\n\r\n",
                b"G@T / HTTP/1.1\r\nHost: a\r\n\r\n", good + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx",
                good + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                good + b"Transfer-Encoding: chunked, chunked\r\n\r\n", good + b"X: a\0b\r\n\r\n",
                good[:-2] + b"\n\r\n", good + b"Host: twice\r\n\r\n"):
        with case.wire() as wire:
            wire.send(bad)
            answer = wire.answer()
            same((answer.status, answer.get("Connection")), (400, "close"), repr(bad))
            assert wire.ended(), "still open after %r" % bad
    with case.wire() as wire:
        wire.send(request(HOST, "/", "POST", [("Transfer-Encoding", "chunked")]) + b"zz\r\n")
        same(wire.answer().status, 400)


@test
def heads_have_limits(case):
    case.start(None)
    for headers, path, status in (([("X", "a" * 70000)], "/", 431), ([("X", "a")] * 200, "/", 431),
                                  ([], "/" + "a" * 9000, 414)):
        with case.wire() as wire:
            wire.send(request(HOST, path, headers=headers))
            same(wire.answer().status, status)


UPGRADE = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
           ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]


def accept_of(fields):
    key = fields["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    return base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()


def tunnel(wire):
    """Agrees to a websocket and sends back what comes, until the other side closes."""
    _, low, _ = read_request(wire)
    if low.get("upgrade") != "websocket":
        reply(wire, b"plain")
        return
    wire.send(("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
               "Sec-WebSocket-Accept: %s\r\n\r\n" % accept_of(low)).encode() + b"hello")
    while True:
        if wire.bytes:
            wire.send(wire.take(len(wire.bytes)))
        wire.more()


@test
def websockets_are_tunnels(case):
    case.with_backend(tunnel)
    with case.wire() as wire:
        wire.send(request(HOST, headers=UPGRADE) + b"early")
        answer = wire.answer()
        same((answer.status, answer.get("Upgrade")), (101, "websocket"))
        same(wire.exactly(10), b"helloearly")
        data = os.urandom(1000) * 1000
        threading.Thread(target=wire.send, args=(data,)).start()
        same(wire.exactly(len(data)), data)
        wire.socket.shutdown(socket.SHUT_WR)
        assert wire.ended()
    same(case.ask().body, b"plain")


@test
def websockets_may_be_declined(case):
    case.with_backend(kind)
    with case.wire() as wire:
        wire.send(request(HOST, headers=UPGRADE))
        same(wire.answer().status, 200)
        wire.send(request(HOST, "/again"))
        same(wire.answer().body, b"GET /again HTTP/1.1\n")


def shakes_hands(client, path="/"):
    """An extended CONNECT (RFC 8441); its stream."""
    stream = client.h2.get_next_available_stream_id()
    client.answers[stream], client.ended[stream] = http2.Answer(), None
    client.h2.send_headers(stream, [(":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "http"),
                                    (":authority", HOST), (":path", path), ("sec-websocket-version", "13")])
    client.flush()
    return stream


@test
def what_follows_a_handshake_is_no_request(case):
    """To a backend that does not agree it would be one, and its answer that of somebody else."""
    seen, hold = [], threading.Event()

    def talk(wire):
        while True:
            seen.append(read_request(wire)[0])
            hold.wait(0.5)  # for what comes behind the head
            reply(wire, seen[-1].encode())
    case.start(route([rule("/ws")]), "--workers=1", backends={"app": case.backend(talk)})
    inner = request("internal", "/admin")
    with socket.create_connection(case.at) as sock:
        client = http2.Client(sock)
        for end in (False, True):
            stream = shakes_hands(client, "/ws")
            client.send(stream, inner, end)
            while not client.ended[stream]:
                client.take()
            # 200 would open a tunnel, so it is not passed on (RFC 8441 5).
            same(client.answers[stream].status, 502)
    same(case.ask("/ws/next").body, b"GET /ws/next HTTP/1.1")
    with case.wire() as wire:  # here it is a request, decided about as any other
        wire.send(request(HOST, "/ws", headers=UPGRADE) + request(HOST, "/admin") + request(HOST, "/ws/2"))
        same([wire.answer().status for _ in range(3)], [200, 404, 200])
    same(sorted(seen), sorted(["GET %s HTTP/1.1" % p for p in ("/ws", "/ws", "/ws/next", "/ws", "/ws/2")]))


@test
def what_follows_a_handshake_waits_for_it(case):
    agree = threading.Event()

    def slow(wire):
        line, low, _ = read_request(wire)
        agree.wait(PATIENCE)
        same(bytes(wire.bytes), b"")
        wire.send(("HTTP/1.1 101 x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: %s\r\n\r\n"
                   % accept_of(low)).encode())
        while True:
            if wire.bytes:
                wire.send(wire.take(len(wire.bytes)))
            wire.more()
    case.start(None, "--workers=1", backends={"app": case.backend(slow)})
    with socket.create_connection(case.at) as sock:
        client = http2.Client(sock)
        stream = shakes_hands(client)
        data = os.urandom(65000)  # as much as the window takes
        client.send(stream, data, end=False)
        time.sleep(0.3)
        agree.set()
        while len(client.answers[stream].body) < len(data):
            client.take()
        same((client.answers[stream].status, client.answers[stream].body), (200, data))


# ---- routes ----

@test
def filters_and_weights(case):
    objects = route([
        rule("/go", filters=[{"type": "RequestRedirect", "requestRedirect": {
            "hostname": "else.example.com", "statusCode": 301}}], backendRefs=None),
        rule("/re", filters=[{"type": "URLRewrite", "urlRewrite": {
            "hostname": "in.example.com", "path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/new x"}}}]),
        rule("/split", backendRefs=[{"name": "a", "port": 80, "weight": 9}, {"name": "b", "port": 80, "weight": 1},
                                    {"name": "c", "port": 80, "weight": 0}]),
        rule("/set", filters=[{"type": "ResponseHeaderModifier", "responseHeaderModifier": {
            "set": [{"name": "X-Set", "value": "1"}], "remove": ["X-Content-Type-Options"]}}])])
    del objects["items"][1]["spec"]["rules"][0]["backendRefs"]
    case.start(objects, "--workers=1")
    answer = case.ask("/go/x?y")
    same((answer.status, answer.get("Location")), (301, "http://else.example.com/go/x?y"))
    said = json.loads(case.ask("/re/x").body)
    same((said["path"], said["host"], said["headers"]["X-Forwarded-Host"]), ("/new%20x/x", "in.example.com", [HOST]))
    got = [json.loads(case.ask("/split").body)["service"] for _ in range(100)]
    same((got.count("a"), got.count("b")), (90, 10))
    answer = case.ask("/set")
    same((answer.get("X-Set"), answer.get("X-Content-Type-Options")), ("1", None))


@test
def texts_of_routes_cannot_break_a_line(case):
    case.start(route([rule(filters=[{"type": "RequestHeaderModifier", "requestHeaderModifier": {
        "set": [{"name": "X-A", "value": "a\r\nX-B: c"}]}}])]))
    seen = json.loads(case.ask().body)["headers"]
    same((seen.get("X-B"), " ".join(seen["X-A"][0].split())), (None, "a X-B: c"))


@test
def names_of_objects_cannot_break_a_line(case):
    """The API server takes none of these, but a file may hold anything."""
    odd = "sv\nX-C: d"
    case.start(route([rule(service=odd), rule("/auth", filters=[{"type": "ExternalAuth", "externalAuth": {
        "protocol": "GRPC", "backendRef": {"name": odd, "port": 80}, "grpc": {}}}])]))
    answer = case.ask()
    same((answer.status, answer.get("X-C"), answer.get("X-Echo-Backend")), (200, None, "web/sv X-C: d"))
    same(case.ask("/auth").status, 500)
    case.serve.stop()
    odd = "sv\nc"
    case.start(route([rule(service=odd)]), backends={odd: case.backend(kind)})
    same(case.ask().body, b"GET / HTTP/1.1\n")
    assert all(line.split(" ")[0].isdigit() for line in case.serve.out.text.splitlines()), case.serve.out.text
    case.serve.stop()
    asked = []

    def pages(wire):
        while True:
            asked.append(read_request(wire)[1])
            reply(wire, b"a page", 410)
    objects = controller(custom_http_errors="404", default_backend="pages")
    objects["items"][0]["metadata"]["name"] = "shop\nX-C: d"
    objects["items"] += [{"apiVersion": "v1", "kind": "Service", "metadata": {"name": n, "namespace": "web"},
                          "spec": {"ports": [{"port": 80}]}} for n in ("app", "pages")]
    case.start(objects, "--as=ingress", backends={"app": case.backend(raw(b"HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n")),
                                                  "pages": case.backend(pages)})
    same(case.ask().status, 410)
    same((asked[0]["x-ingress-name"], asked[0].get("x-c")), ("shop X-C: d", None))


@test
def timeouts(case):
    case.start(route([rule("/total", timeouts={"request": "1s"}),
                      rule("/try", timeouts={"backendRequest": "1s"})]))
    same([case.ask(p).status for p in ("/total", "/total?delay=1m", "/try?delay=1m")], [200, 504, 504])


@test
def retries(case):
    tries = []

    def talk(wire):
        while True:
            tries.append(read_request(wire)[2])
            reply(wire, b"done" if len(tries) > 2 else b"", 200 if len(tries) > 2 else 503)
    objects = route([rule(retry={"attempts": 2, "codes": [503], "backoff": "10ms"})])
    case.start(objects, backends={"app": case.backend(talk)})
    same(case.ask("/", "POST", body=b"again").body, b"done")
    same(tries, [b"again"] * 3)
    tries.clear()
    large = b"x" * 200000
    same(case.ask("/", "POST", body=large).status, 503)
    same(len(tries), 1, "tries of a body that is too long to keep")


@test
def retry_budgets(case):
    tries = []

    def talk(wire):
        while True:
            tries.append(read_request(wire)[2])
            reply(wire, b"", 503)
    objects = route([rule(retry={"attempts": 3, "codes": [503], "backoff": "1ms"})])
    policy = {"apiVersion": "gateway.networking.x-k8s.io/v1alpha1", "kind": "XBackendTrafficPolicy",
              "metadata": {"name": "calm", "namespace": "web"},
              "spec": {"targetRefs": [{"group": "", "kind": "Service", "name": "app"}],
                       "retryConstraint": {"budget": {"percent": 50, "interval": "1h"},
                                           "minRetryRate": {"count": 5, "interval": "1h"}}}}
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "app", "namespace": "web"},
               "spec": {"ports": [{"port": 80}]}}
    objects["items"] += [policy, service]
    case.start(objects, "--workers=1", backends={"app": case.backend(talk)})
    for _ in range(20):
        same(case.ask().status, 503)
    same(len(tries), 30, "20 requests, and half as many tries again")
    tries.clear()
    policy["spec"]["retryConstraint"]["budget"]["percent"] = 0
    case.write(objects)
    case.serve.reload()
    for _ in range(20):
        case.ask()
    same(len(tries), 25, "20 requests, and the least number of tries again")
    del policy["spec"]["retryConstraint"]
    tries.clear()
    case.write(objects)
    case.serve.reload()
    for _ in range(20):
        case.ask()
    same(len(tries), 80)


@test
def mirrors_get_a_copy(case):
    seen = []

    def talk(wire):
        while True:
            seen.append(read_request(wire)[2])
            reply(wire, b"nobody sees this")
    objects = route([rule(filters=[{"type": "RequestMirror", "requestMirror": {
        "backendRef": {"name": "copy", "port": 80}}}])])
    case.start(objects, backends={"app": case.backend(kind), "copy": case.backend(talk)})
    body = b"m" * 100000
    same(case.ask("/", "POST", body=body).body, b"POST / HTTP/1.1\n" + body)
    until(lambda: seen == [body], "the copy")


@test
def copies_are_sent_again_as_they_were(case):
    """A kept connection that closes without an answer: by then the request and its client are gone."""
    seen = []

    def talk(wire):
        line, low, _ = read_request(wire)
        seen.append((line, low.get("x-note")))
        if len(seen) > 2:
            reply(wire)
            return
        reply(wire)
        line, low, _ = read_request(wire)
        seen.append((line, low.get("x-note")))
        until(lambda: "/second" in case.serve.out.text, "the end of the request")
        time.sleep(0.1)
    objects = route([rule(filters=[{"type": "RequestMirror", "requestMirror": {
        "backendRef": {"name": "copy", "port": 80}}}])])
    case.start(objects, "--workers=1", backends={"app": case.backend(kind), "copy": case.backend(talk)})
    for path in ("/first", "/second"):
        case.ask(path, headers=[("Connection", "close"), ("X-Note", path * 20)])
        until(lambda: [s for s in seen if path in s[0]], "the copy")
        time.sleep(0.1)  # until the kept connection is back in its pool
    until(lambda: len(seen) == 3, "the copy once more")
    second = ("GET /second HTTP/1.1", "/second" * 20)
    same(seen[1:], [second, second])


@test
def mirrors_that_never_answer_end_with_the_program(case):
    seen = []

    def silent(wire):
        while True:
            seen.append(read_request(wire)[2])
    objects = route([rule(filters=[{"type": "RequestMirror", "requestMirror": {
        "backendRef": {"name": "copy", "port": 80}}}])])
    case.start(objects, backends={"app": case.backend(kind), "copy": case.backend(silent)})
    same(case.ask("/").status, 200)
    until(lambda: len(seen) == 1, "the copy")


def guarded(**auth):
    made = {"protocol": "HTTP", "backendRef": {"name": "auth", "port": 80}}
    made["http"] = auth
    return route([rule(filters=[{"type": "ExternalAuth", "externalAuth": made}])])


@test
def external_authentication(case):
    asked, seen = [], []

    def auth(wire):
        while True:
            line, low, body = read_request(wire)
            asked.append((line, low, body))
            if low.get("authorization") == "good":
                reply(wire, b"ignored", headers=["X-User: jane", "X-Other: 1"])
            else:
                reply(wire, b"go away", 401, ["WWW-Authenticate: Basic"])

    def app(wire):
        while True:
            line, low, body = read_request(wire)
            seen.append(low)
            reply(wire, body)
    objects = guarded(path="/check", allowedHeaders=["X-Team"], allowedResponseHeaders=["X-User"])
    case.start(objects, backends={"auth": case.backend(auth), "app": case.backend(app)})
    answer = case.ask("/a?b", "POST", [("X-Team", "t"), ("Cookie", "c")], b"body")
    same((answer.status, answer.body, answer.get("WWW-Authenticate")), (401, b"go away", "Basic"))
    same(seen, [])
    line, low, body = asked[0]
    same((line, low["host"], low["x-team"], low.get("cookie"), body), ("POST /check/a?b HTTP/1.1", HOST, "t", None, b""))
    for size in (0, 5, 500000):
        answer = case.ask("/", "POST", [("Authorization", "good")], b"b" * size)
        same((answer.status, answer.body), (200, b"b" * size))
    same((seen[0]["x-user"], seen[0].get("x-other")), ("jane", None))
    same("refused by external authentication" in case.serve.out.text, True)


@test
def external_authentication_fails_closed(case):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    case.start(guarded(path="/check"), "--backend=web/auth=127.0.0.1:%d" % port)
    same(case.ask().status, 500)
    case.serve.stop()
    assert "has no address" not in case.serve.err.text, case.serve.err.text
    case.start(guarded(path="/check"))  # the echo would let everybody pass
    same(case.ask().status, 500)
    case.serve.wait_for("not carried out, answered 500: external authentication, whose server has no address "
                        "(1, in HTTPRoute web/shop)")


@test
def copies_behind_a_guard_are_whole(case):
    seen, auth = [], AuthServer(case)

    def talk(wire):
        while True:
            seen.append(read_request(wire)[::2])
            reply(wire)
    objects = guarded(path="/check")
    objects["items"][1]["spec"]["rules"][0]["filters"].append(
        {"type": "RequestMirror", "requestMirror": {"backendRef": {"name": "copy", "port": 80}}})
    objects["items"][1]["spec"]["rules"].append(rule("/direct", "copy"))
    copy = case.backend(talk)
    case.start(objects, "--workers=1", backends={"auth": auth.backend, "app": case.backend(kind), "copy": copy})
    for i in range(20):
        same(case.ask("/%d" % i).status, 200)
    until(lambda: len(seen) == 20, "copies")
    del seen[:]
    with case.wire() as wire:  # some of the body comes while the guard is asked
        for size in (10, 30000):
            wire.send(request(HOST, "/post", "POST", [("Content-Length", str(size))]) + b"b" * 5)
            time.sleep(0.1)
            wire.send(b"b" * (size - 5))
            same(wire.answer().body, b"POST /post HTTP/1.1\n" + b"b" * size)
            until(lambda: seen == [("POST /post HTTP/1.1", b"b" * size)], "the copy")
            wire.send(request(HOST, "/direct/next"))
            same(wire.answer().status, 200)
            same(seen[1:], [("GET /direct/next HTTP/1.1", b"")])
            del seen[:]
    assert copy.count < 5, "connections: %d" % copy.count


def varint(number):
    made = b""
    while number > 0x7f:
        made += bytes([number & 0x7f | 0x80])
        number >>= 7
    return made + bytes([number])


def proto(*fields):
    """A message of (number, value): integers, texts, bytes."""
    made = b""
    for number, value in fields:
        if isinstance(value, int):
            made += varint(number << 3) + varint(value)
        else:
            value = value.encode() if isinstance(value, str) else value
            made += varint(number << 3 | 2) + varint(len(value)) + value
    return made


def unproto(data):
    found, at = {}, 0

    def take():
        nonlocal at
        number = shift = 0
        while True:
            byte, at = data[at], at + 1
            number |= (byte & 0x7f) << shift
            shift += 7
            if byte < 0x80:
                return number
    while at < len(data):
        tag = take()
        value = take()
        if tag & 7 == 2:
            value, at = data[at:at + value], at + value
        found.setdefault(tag >> 3, []).append(value)
    return found


@test
def external_authentication_over_grpc(case):
    asked, verdict = [], [None, "0"]

    def answer(headers, body):
        asked.append((dict(headers), body))
        return ([(":status", "200"), ("content-type", "application/grpc")], http2.message(verdict[0]),
                [("grpc-status", verdict[1])])

    def auth(wire):
        http2.Server(wire.socket, answer).run()
    objects = guarded()
    filters = objects["items"][1]["spec"]["rules"][0]["filters"][0]["externalAuth"] = {
        "protocol": "GRPC", "backendRef": {"name": "auth", "port": 80}, "grpc": {}, "forwardBody": {"maxSize": 4}}
    seen = []

    def app(wire):
        while True:
            seen.append(read_request(wire))
            reply(wire, seen[-1][2])
    case.start(objects, backends={"auth": case.backend(auth), "app": case.backend(app)})

    def header(name, value, *more):
        return proto((1, proto((1, name), (2, value))), *more)
    verdict[0] = proto((1, b""), (3, proto((2, header("x-user", "jane")), (2, header("x-team", "b", (2, proto((1, 1))))),
                                           (2, header("x:bad", "v")), (2, header("x-line", "a\r\nx-more: b")),
                                           (5, "cookie"), (6, header("x-answer", "yes")))))
    given = [("X-User", "forged"), ("X-Team", "a"), ("Cookie", "c=1"), ("X-Twice", "1"), ("X-Twice", "2")]
    got = case.ask("/a?b=c", "POST", given, b"body and more")
    same((got.status, got.body, got.get("X-Answer")), (200, b"body and more", "yes"))
    fields = seen[0][1]
    same([fields.get(n) for n in ("x-user", "x-team", "cookie", "x-more")], ["jane", "b", None, None])
    head, body = asked[0]
    same((head[":path"], head["content-type"], head["te"], body[:1]),
         ("/envoy.service.auth.v3.Authorization/Check", "application/grpc", "trailers", b"\0"))
    context = unproto(unproto(body[5:])[1][0])
    http = unproto(unproto(context[4][0])[2][0])
    same([http[n][0] for n in (2, 4, 5, 6, 9, 10, 12)],
         [b"POST", b"/a?b=c", HOST.encode(), b"http", 13, b"HTTP/1.1", b"body"])
    pairs = {unproto(p)[1][0].decode(): unproto(p)[2][0].decode() for p in http[3]}
    same([pairs.get(n) for n in ("x-user", "x-twice", ":method", ":path")], ["forged", "1,2", "POST", "/a?b=c"])
    same(unproto(unproto(unproto(context[1][0])[1][0])[1][0])[2][0], b"127.0.0.1")
    for denied, status, text in ((proto((1, proto((1, 429))), (2, header("Retry-After", "7")), (3, "slow down")), 429, b"slow down"),
                                 (b"", 403, b""), (proto((1, proto((1, 200)))), 403, b"")):
        verdict[0] = proto((1, proto((1, 7))), (2, denied))
        got = case.ask()
        same((got.status, got.body), (status, text))
    same(len(seen), 1)
    for message, status in ((proto((1, b"")), "13"), (b"\xff", "0"), (b"\x0a\x7f", "0"), (b"\x0a\x01\xff", "0"),
                            (b"\x0a\x02\x08\xff", "0"), (b"\x08\x00", "0"), (proto((1, b"")) + b"\x0a\x01\x0f", "0")):
        verdict[:] = [message, status]
        same(case.ask().status, 500, message)
    verdict[:] = [proto((1, proto((1, 7)))) + proto((1, b"")), "0"]
    same(case.ask().status, 403)
    filters["grpc"] = {"allowedHeaders": ["X-Team"]}
    case.write(objects)
    case.serve.reload()
    verdict[:] = [proto((3, b"")), "0"]
    same(case.ask("/", headers=given + [("Authorization", "me")]).status, 200)
    http = unproto(unproto(unproto(unproto(asked[-1][1][5:])[1][0])[4][0])[2][0])
    names = {unproto(p)[1][0].decode() for p in http[3]}
    same(names, {"x-team", "authorization", ":authority", ":method", ":path", ":scheme"})
    case.serve.stop()
    case.start(objects)  # without an address nobody passes
    same(case.ask().status, 500)


@test
def external_authentication_sees_bodies(case):
    server = AuthServer(case)
    objects = guarded(path="/check")
    auth = objects["items"][1]["spec"]["rules"][0]["filters"][0]["externalAuth"]
    auth["forwardBody"] = {"maxSize": 10000}
    case.start(objects, backends={"auth": server.backend, "app": case.backend(kind)})
    for size in (0, 1, 9999, 10000, 10001, 500000):
        body = b"b" * size
        for headers, sent in (([], body), ([("Transfer-Encoding", "chunked")], None)):
            with case.wire() as wire:
                wire.send(request(HOST, "/", "POST", headers, sent))
                if sent is None:
                    wire.send((b"%x\r\n%s\r\n" % (size, body) if size else b"") + b"0\r\n\r\n")
                same(wire.answer().body, b"POST / HTTP/1.1\n" + body, size)
            same(server.asked[-1][2], body[:10000], size)
    server.status, server.body = 403, b"no"
    with case.wire() as wire:  # the verdict is there before the body is
        wire.send(request(HOST, "/", "POST", [("Content-Length", "500000")]) + b"b" * 10000)
        answer = wire.answer()
        same((answer.status, answer.body), (403, b"no"))


@test
def sessions_stay_where_they_began(case):
    shares = [{"name": n, "port": 80} for n in ("a", "b", "c")]
    case.start(route([rule("/cookie", backendRefs=shares, sessionPersistence={"sessionName": "s"}),
                      rule("/header", backendRefs=shares, sessionPersistence={"sessionName": "X-S", "type": "Header"})]))

    def service(path, headers=()):
        answer = case.ask(path, headers=headers)
        return json.loads(answer.body)["service"], answer
    for _ in range(5):
        first, answer = service("/cookie")
        cookie = answer.get("Set-Cookie").split(";")[0]
        assert cookie.startswith("s="), cookie
        for _ in range(6):
            again, answer = service("/cookie", [("Cookie", "other=1; " + cookie)])
            same((again, answer.get("Set-Cookie")), (first, None))
        first, answer = service("/header")
        for _ in range(6):
            same(service("/header", [("X-S", answer.get("X-S"))])[0], first)
    assert service("/cookie", [("Cookie", "s=forged")])[1].get("Set-Cookie")


@test
def affinity_of_the_controller(case):
    def named(name):
        def talk(wire):
            while True:
                read_request(wire)
                reply(wire, name)
        return talk
    backends = [case.backend(named(name)) for name in (b"one", b"two", b"three")]
    case.start(controller(affinity="cookie", session_cookie_name="route", session_cookie_max_age="60",
                          session_cookie_path="/shop", session_cookie_samesite="Lax"), "--as=ingress",
               *["--backend=web/app=127.0.0.1:%d" % b.port for b in backends])
    for _ in range(6):
        first = case.ask()
        cookie = first.get("Set-Cookie")
        same((cookie[:6], sorted(cookie.split("; ")[1:])),
             ("route=", ["HttpOnly", "Max-Age=60", "Path=/shop", "SameSite=Lax"]))
        for _ in range(4):
            again = case.ask(headers=[("Cookie", cookie.split(";")[0])])
            same((again.body, again.get("Set-Cookie")), (first.body, None))
    assert "not carried out" not in case.serve.err.text, case.serve.err.text


@test
def backend_addresses(case):
    names = [[], []]

    def talk(number):
        def one(wire):
            while True:
                read_request(wire)
                names[number].append(1)
                reply(wire)
        return one
    backends = [case.backend(talk(0)), case.backend(talk(1))]
    case.start(None, "--workers=1", "--backend-status=503",
               *["--backend=web/app:80=127.0.0.1:%d" % b.port for b in backends])
    for _ in range(10):
        case.ask()
    same([len(n) for n in names], [5, 5])
    case.write(route([rule(service="other")]))
    case.serve.reload()
    same(case.ask().status, 503)


@test
def as_the_controller(case):
    case.start(INGRESS, "--as=ingress")
    said = json.loads(case.ask("/CART/x/y?z=1").body)
    same((said["path"], said["headers"]["X-Real-Ip"]), ("/x/y?z=1", ["127.0.0.1"]))
    same(case.ask("/none").status, 404)


def controller(options=None, rules=None, **annotations):
    """Ingress web/shop of ingress-nginx, its backend app, and the ConfigMap of the controller."""
    made = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
            "metadata": {"name": "shop", "namespace": "web", "annotations": {
                "nginx.ingress.kubernetes.io/" + n.replace("_", "-"): v for n, v in annotations.items()}},
            "spec": {"ingressClassName": "nginx", "rules": [{"host": HOST, "http": {"paths": rules or [
                {"path": "/", "pathType": "Prefix",
                 "backend": {"service": {"name": "app", "port": {"number": 80}}}}]}}]}}
    items = [made]
    if options is not None:
        items.append({"apiVersion": "v1", "kind": "ConfigMap",
                      "metadata": {"name": "ingress-nginx-controller", "namespace": "ingress-nginx"}, "data": options})
    return {"apiVersion": "v1", "kind": "List", "items": items}


@test
def what_the_controller_believes_of_clients(case):
    seen = []

    def talk(wire):
        while True:
            seen.append(read_request(wire)[1])
            reply(wire)
    said = [("X-Forwarded-For", "192.0.2.7, 198.51.100.9"), ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", "front.example.com"), ("X-Forwarded-Port", "8443"), ("X_Odd", "1")]
    names = ["host", "x-real-ip", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port",
             "x-original-forwarded-for", "x_odd"]

    def sent(options, **annotations):
        seen.clear()
        case.write(controller(options, **annotations))
        case.serve.reload()
        same(case.ask(headers=said).status, 200)
        return [seen[0].get(n) for n in names]
    app = case.backend(talk)
    case.start(controller({}), "--as=ingress", backends={"app": app})
    same(sent({}), [HOST, "127.0.0.1", "127.0.0.1", "http", HOST, "80", said[0][1], None])
    same(sent({}, upstream_vhost="in.example.com"),
         ["in.example.com", "127.0.0.1", "127.0.0.1", "http", HOST, "80", said[0][1], None])
    trusted = {"use-forwarded-headers": "true", "enable-underscores-in-headers": "true"}
    front = ["front.example.com", "192.0.2.7", "192.0.2.7", "https", "front.example.com", "8443", said[0][1], "1"]
    same(sent(trusted), front)
    trusted["compute-full-forwarded-for"] = "true"
    front[2] = said[0][1] + ", 127.0.0.1"
    same(sent(trusted), front)
    trusted["proxy-real-ip-cidr"] = "127.0.0.0/8,198.51.100.0/24"
    same(sent(trusted), front)
    trusted["proxy-real-ip-cidr"] = "127.0.0.0/8"
    front[1] = "198.51.100.9"
    same(sent(trusted), front)
    trusted["proxy-real-ip-cidr"] = "203.0.113.0/24"
    front[1] = "127.0.0.1"
    same(sent(trusted), front)
    # Lists of addresses go by whom the proxy in front names.
    for nobody in ("", "everybody", "2001:db8::/129"):
        trusted["proxy-real-ip-cidr"] = nobody
        case.write(controller(trusted, whitelist_source_range="203.0.113.0/24"))
        case.serve.reload()
        same(case.ask("/", headers=[("X-Forwarded-For", "203.0.113.7")]).status, 403, nobody)
    case.write(controller({"use-forwarded-headers": "true"}, denylist_source_range="192.0.2.0/24"))
    case.serve.reload()
    same([case.ask(headers=said).status, case.ask(headers=said[1:]).status], [403, 200])


@test
def snippets_that_are_understood(case):
    seen = []

    def talk(wire):
        while True:
            seen.append(read_request(wire)[1])
            reply(wire, status=404 if seen[-1].get("x-want") else 200, headers=["X-Powered-By: x", "X-Set: backend"])
    options = {"allow-snippet-annotations": "true", "annotations-risk-level": "Critical"}

    def asked(snippet, headers=(), server=""):
        case.write(controller(options, configuration_snippet=snippet, server_snippet=server))
        case.serve.reload()
        return case.ask("/a?b", headers=headers)
    case.start(controller(options), "--as=ingress", backends={"app": case.backend(talk)})
    text = """
        add_header X-Added "of $host";   # not on errors
        add_header X-Always yes always;
        more_set_headers "X-Set: $request_uri" "X-Gone:";
        more_clear_headers X-Powered-By;
        proxy_set_header X-Up "$remote_addr";
    """
    answer = asked(text)
    same([answer.get(n) for n in ("X-Added", "X-Always", "X-Set", "X-Powered-By")],
         ["of " + HOST, "yes", "/a?b", None])
    same(seen[-1]["x-up"], "127.0.0.1")
    answer = asked(text, [("X-Want", "404")])
    same((answer.status, answer.get("X-Added"), answer.get("X-Always")), (404, None, "yes"))
    count = len(seen)
    answer = asked("return 301 https://new.example.com$request_uri;")
    same((answer.status, answer.get("Location")), (301, "https://new.example.com/a?b"))
    answer = asked("return 200 'hello $host';")
    same((answer.status, answer.body), (200, b"hello " + HOST.encode()))
    same([asked("return 403;").status, asked("", server="return 410;").status], [403, 410])
    same(len(seen), count, "requests that reached the backend")
    assert "not carried out" not in case.serve.err.text, case.serve.err.text
    for odd in ("if ($host = x) { return 403; }", "return 444;", "add_header X-A $nothing;", "deny all;"):
        said = case.serve.err.text.count("not carried out: configuration-snippet (1, in Ingress web/shop)")
        asked(odd)
        same(case.serve.err.text.count("not carried out: configuration-snippet (1, in Ingress web/shop)"), said + 1, odd)
    same(case.ask().status, 501)


@test
def error_pages_of_the_controller(case):
    asked = []

    def app(wire):
        while True:
            line, fields, _ = read_request(wire)
            if "/close" in line:
                return
            reply(wire, b"of the app", int(line.split("/")[1].split(" ")[0].split("?")[0]), ["X-App: 1"])

    def pages(wire):
        while True:
            asked.append(read_request(wire))
            if "silent" in asked[-1][0]:
                return
            reply(wire, b"a page", 410, ["X-Page: 1"])

    def made(**annotations):
        objects = controller(custom_http_errors="404,401,502", default_backend="pages", **annotations)
        objects["items"] += [{"apiVersion": "v1", "kind": "Service", "metadata": {"name": n, "namespace": "web"},
                              "spec": {"ports": [{"port": 80}]}} for n in ("app", "pages")]
        return objects
    case.start(made(), "--as=ingress", backends={"app": case.backend(app), "pages": case.backend(pages)})
    for path, got in (("/200", (200, b"of the app")), ("/404?a=b", (410, b"a page")), ("/503", (503, b"of the app"))):
        for method, body in (("GET", None), ("POST", b"x" * 100)):
            answer = case.ask(path, method, [("Accept", "text/plain")], body)
            same((answer.status, answer.body), got, path)
    line, fields, body = asked[0]
    same((line, fields["host"]), ("GET /?a=b HTTP/1.1", HOST))
    same({n: fields.get("x-" + n) for n in ("code", "format", "original-uri", "namespace", "ingress-name",
                                            "service-name", "service-port")},
         {"code": "404", "format": "text/plain", "original-uri": "/404?a=b", "namespace": "web",
          "ingress-name": "shop", "service-name": "app", "service-port": "80"})
    same((len(asked), case.ask("/404").get("X-App")), (2, None))
    assert "not carried out" not in case.serve.err.text, case.serve.err.text
    # What the proxy answers by itself has pages too: guards, and backends that are gone.
    objects = made(auth_type="basic", auth_secret="users")
    objects["items"].append(secret({"auth": "jane:%s\n" % HASHES["sha"]}))
    case.write(objects)
    case.serve.reload()
    same([case.ask("/200").status, asked[-1][1]["x-code"]], [410, "401"])
    case.write(made())
    case.serve.reload()
    same([case.ask("/close").status, asked[-1][1]["x-code"]], [410, "502"])
    same(case.ask("/404?silent").status, 503)


@test
def what_is_not_carried_out_is_said(case):
    two = [{"path": p, "pathType": "Prefix", "backend": {"service": {"name": "app", "port": {"number": 80}}}}
           for p in ("/a", "/b")]
    case.start(controller({"use-forwarded-headers": "true", "enable-real-ip": "true",
                           "allow-snippet-annotations": "true", "annotations-risk-level": "Critical"}, two,
                          server_snippet="deny all;", configuration_snippet="gzip off;"), "--as=ingress")
    said = [line for line in case.serve.err.text.splitlines() if line.startswith("not carried out")]
    same(sorted(said), [
        "not carried out, answered 501: raw controller configuration (3, the first in Ingress web/shop)",
        "not carried out: configuration-snippet (1, in Ingress web/shop)",
        "not carried out: server-snippet (1, in Ingress web/shop)"])
    same(case.ask("/a").status, 501)
    case.write(controller(denylist_source_range="192.0.2.0/24"))
    case.serve.reload()
    same(case.ask().status, 200)


def secret(data, name="users", namespace="web"):
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": namespace}, "type": "Opaque",
            "data": {k: base64.b64encode(v.encode()).decode() for k, v in data.items()}}


def login(user, password):
    return [("Authorization", "Basic " + base64.b64encode(("%s:%s" % (user, password)).encode()).decode())]


# Of the password "open sesame", by the tools that people make them with (htpasswd, openssl passwd).
HASHES = {
    "apr": "$apr1$abcdefgh$T64oOxnD8c28.dQa.2Lty1",
    "md5": "$1$abcdefgh$9qMkHazuSy1Q8myEum7yb/",
    "sha": "{SHA}W8r/fyL/UzygmbNAjq2HbA67qac=",
    "ssha": "{SSHA}hN5uxFJUEWCPg56kk42tnVCdJ61zYWx0",
    "plain": "{PLAIN}open sesame",
    "bcrypt": "$2y$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW",
    "sha256": "$5$abcdefgh$FWXdh6oXOJQkX7oAcP02d0Gnxjct6ra8Fwv29U9RIN2",
    "sha512": "$6$abcdefgh$CkjGkP7IIgZVUCNlt.Vi53LOYJLXZ5KzdpzEYCj01XGruA1hxZYJqccTU2zz68oJwAGsd1iPty5F7dHIatUTy/",
    "des": "ab/G8gtZdMwak"}
SLOW = "$2y$11$abcdefghijklmnopqrstuu74xmB/NJkGNKfoNHO3z5FV3/sM3pMe."  # takes a noticeable time


@test
def basic_authentication(case):
    seen = []

    def talk(wire):
        while True:
            seen.append(read_request(wire)[1])
            reply(wire)
    lines = "# users\n" + "".join("%s:%s:a comment\n" % pair for pair in HASHES.items())
    lines += "dear:$2y$14$abcdefghijklmnopqrstuuVPvDkkQUG35MoUyKxVnqEHQW7ZvYWUW\nodd:nothing\n"
    made = controller(auth_type="basic", auth_secret="users", auth_realm="the shop")
    made["items"].append(secret({"auth": lines}))
    case.start(made, "--as=ingress", "--workers=1", backends={"app": case.backend(talk)})
    answer = case.ask()
    same((answer.status, answer.get("WWW-Authenticate")), (401, 'Basic realm="the shop"'))
    for user in HASHES:
        for _ in range(2):  # the second time out of memory
            same(case.ask(headers=login(user, "open sesame")).status, 200, user)
            same(case.ask(headers=login(user, "Open sesame")).status, 401, user)
    assert all("authorization" not in fields for fields in seen)
    for headers in (login("nobody", ""), login("odd", "nothing"), login("apr", ""), [("Authorization", "Basic !!")],
                    [("Authorization", "Bearer x")], login("apr", "open sesame\0"), login("apr", "x" * 600),
                    [("Authorization", "Basic YQ==")]):
        same(case.ask(headers=headers).status, 401, headers)
    same(case.ask(headers=login("dear", "open sesame")).status, 501)
    made["items"][-1] = secret({"auth": lines.replace("apr:$", "other:$")})
    case.write(made)
    case.serve.reload()
    same([case.ask(headers=login(u, "open sesame")).status for u in ("apr", "other")], [401, 200])
    made = controller(auth_type="basic", auth_secret="users", auth_secret_type="auth-map")
    made["items"].append(secret({"jane": HASHES["sha"], "joe": HASHES["apr"]}))
    case.write(made)
    case.serve.reload()
    same([case.ask(headers=login(u, "open sesame")).status for u in ("jane", "joe", "auth")], [200, 200, 401])
    case.write(controller(auth_type="basic", auth_secret="users"))
    case.serve.reload()
    same(case.ask(headers=login("jane", "open sesame")).status, 503)


@test
def passwords_are_not_computed_without_end(case):
    made = controller(auth_type="basic", auth_secret="users")
    made["items"].append(secret({"auth": "jane:%s\n" % SLOW}))
    case.start(made, "--as=ingress", "--workers=1")
    same(case.ask(headers=login("jane", "open sesame")).status, 200)
    statuses = set()
    for i in range(100):
        statuses.add(case.ask(headers=login("jane", "guess %d" % i)).status)
        if 503 in statuses:
            break
    assert 503 in statuses and statuses <= {401, 503}, statuses
    same(case.ask(headers=login("jane", "open sesame")).status, 200, "who is known")


@test
def rate_limits(case):
    two = [{"path": p, "pathType": "Prefix", "backend": {"service": {"name": "app", "port": {"number": 80}}}}
           for p in ("/a", "/b")]
    trusted = {"use-forwarded-headers": "true", "limit-req-status-code": "429"}

    def burst(client, count):
        return [case.ask("/" + "ab"[i % 2], headers=[("X-Forwarded-For", client)]).status for i in range(count)]
    case.start(controller(trusted, two, limit_rpm="2", limit_burst_multiplier="3", limit_allowlist="192.0.2.128/25"),
               "--as=ingress", "--workers=2", backends={"app": case.backend(kind)})
    same(burst("192.0.2.1", 9), [200] * 7 + [429] * 2)
    same(burst("192.0.2.2", 7), [200] * 7)
    same(burst("192.0.2.200", 20), [200] * 20)
    case.write(controller({"use-forwarded-headers": "true"}, limit_rps="1", limit_burst_multiplier="1"))
    case.serve.reload()
    statuses = burst("192.0.2.9", 30)
    assert statuses[:2] == [200, 200] and 503 in statuses, statuses
    until(lambda: burst("192.0.2.9", 1) == [200], "the bucket to run out")


@test
def limits_of_requests_at_a_time(case):
    go_on = threading.Event()

    def talk(wire):
        while True:
            line, _, _ = read_request(wire)
            if "slow" in line:
                go_on.wait(PATIENCE)
            reply(wire)
    case.start(controller(limit_connections="3"), "--as=ingress", "--workers=2", backends={"app": case.backend(talk)})
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(case.ask, "/slow") for _ in range(8)]
        until(lambda: sum(one.done() for one in asked) == 5, "those that are too many")
        go_on.set()
        statuses = sorted(one.result().status for one in asked)
    same(statuses, [200] * 3 + [503] * 5)
    go_on.clear()
    wire = case.wire().send(request(HOST, "/slow"))
    for _ in range(2):
        with case.wire() as more:
            more.send(request(HOST, "/slow"))
    until(lambda: case.ask().status == 200, "places of clients that went away")
    wire.close()


class AuthServer:
    """Answers as it is told, and keeps what it was asked."""

    def __init__(self, case):
        self.asked, self.status, self.headers, self.body = [], 200, [], b""
        self.backend = case.backend(self.talk)

    def talk(self, wire):
        while True:
            self.asked.append(read_request(wire))
            reply(wire, self.body, self.status, self.headers)


@test
def auth_url(case):
    server, seen = AuthServer(case), []

    def talk(wire):
        while True:
            seen.append(read_request(wire))
            reply(wire, b"in", 503 if "/503" in seen[-1][0] else 200)
    case.start(controller(auth_url="http://check.sso.svc.cluster.local:8080/verify?for=$host",
                          auth_response_headers="X-User, X-Team"),
               "--as=ingress", "--backend=sso/check=127.0.0.1:%d" % server.backend.port,
               backends={"app": case.backend(talk)})
    server.headers = ["X-User: jane", "Set-Cookie: session=1", "X-Other: 1"]
    for status in (200, 204, 299):
        server.status = status
        answer = case.ask("/a?b=%20", "POST", [("X-Team", "forged"), ("Cookie", "c=1"), ("X-User", "forged")], b"body")
        same((answer.status, answer.get("Set-Cookie")), (200, "session=1"))
        line, fields, body = seen[-1]
        same((fields.get("x-user"), fields.get("x-team"), fields.get("x-other"), body), ("jane", None, None, b"body"))
    line, fields, body = server.asked[0]
    same((line, body), ("GET /verify?for=%s HTTP/1.1" % HOST, b""))
    same({n: fields.get(n) for n in ("host", "cookie", "x-team", "x-original-url", "x-original-method", "x-sent-from",
                                     "x-real-ip", "x-auth-request-redirect", "x-forwarded-proto", "content-length")},
         {"host": "check.sso.svc.cluster.local", "cookie": "c=1", "x-team": "forged",
          "x-original-url": "http://%s/a?b=%%20" % HOST, "x-original-method": "POST",
          "x-sent-from": "nginx-ingress-controller", "x-real-ip": "127.0.0.1",
          "x-auth-request-redirect": "/a?b=%20", "x-forwarded-proto": None, "content-length": None})
    same(case.ask("/503").get("Set-Cookie"), None)
    count = len(seen)
    server.headers = ["WWW-Authenticate: Bearer"]
    for status, wanted in ((401, 401), (403, 403), (302, 500), (404, 500), (500, 500)):
        server.status = status
        same(case.ask().status, wanted)
    server.status = 401
    same(case.ask().get("WWW-Authenticate"), "Bearer")
    same(len(seen), count, "requests that reached the backend")


@test
def auth_url_that_leads_to_a_page(case):
    server = AuthServer(case)
    server.status = 401
    page = "https://$host/oauth2/start"
    common = {"auth_url": "http://127.0.0.1:%d/" % server.backend.port}
    case.start(controller(auth_signin=page, **common), "--as=ingress",
               "--backend=auth.example.com:4180=127.0.0.1:%d" % server.backend.port)
    wanted = "https://%s/oauth2/start?rd=http://%s%%2Fa%%3Fb%%3Dc%%26d" % (HOST, HOST)
    answer = case.ask("/a?b=c&d")
    same((answer.status, answer.get("Location")), (302, wanted))

    def leads(**annotations):
        case.write(controller(**annotations, **common))
        case.serve.reload()
        return case.ask("/x").get("Location")
    same(leads(auth_signin=page, auth_signin_redirect_param="orig"),
         "https://%s/oauth2/start?orig=http://%s%%2Fx" % (HOST, HOST))
    same(leads(auth_signin=page + "?a=b"), "https://%s/oauth2/start?a=b&rd=http://%s%%2Fx" % (HOST, HOST))
    same(leads(auth_signin=page + "?rd=$escaped_request_uri"), "https://%s/oauth2/start?rd=%%2Fx" % HOST)
    server.status = 403
    same(case.ask().status, 403)
    case.write(controller(auth_url="http://auth.example.com:4180/x"))
    case.serve.reload()
    same((case.ask().status, server.asked[-1][1]["host"]), (403, "auth.example.com"))
    # Without an address nobody is asked, and nobody passes.
    case.write(controller(auth_url="http://nobody.sso.svc/"))
    case.serve.reload()
    same(case.ask().status, 500)
    case.write(controller({"global-auth-url": common["auth_url"], "no-auth-locations": "/free"},
                          [{"path": p, "pathType": "Prefix",
                            "backend": {"service": {"name": "app", "port": {"number": 80}}}} for p in ("/free", "/")]))
    case.serve.reload()
    same([case.ask(p).status for p in ("/", "/free")], [403, 200])


@test
def auth_url_does_not_lead_to_credentials_of_the_machine(case):
    """Whoever writes an Ingress does not send requests to where machines get theirs; whoever starts serve may."""
    server = AuthServer(case)
    case.start(controller(auth_url="http://169.254.169.254/latest"), "--as=ingress")
    same((case.ask().status, "169.254.169.254 is not asked" in case.serve.err.text), (500, True))
    case.serve.stop()
    case.serve = Serve(case.file, "--as=ingress", "--backend=169.254.169.254=127.0.0.1:%d" % server.backend.port)
    case.at = case.serve.address()
    same((case.ask().status, server.asked[0][1]["host"], "is not asked" in case.serve.err.text),
         (200, "169.254.169.254", False))
    # Where secrets of clients go without TLS is said, but for this machine.
    for where, said in (("192.0.2.1", True), ("127.0.0.1:%d" % server.backend.port, False)):
        case.serve.stop()
        case.write(controller(auth_url="http://%s/" % where))
        case.serve = Serve(case.file, "--as=ingress")
        same("asked without TLS" in case.serve.err.text, said, where)


@test
def any_of_several_guards(case):
    server = AuthServer(case)
    server.status = 401
    made = controller({"use-forwarded-headers": "true"}, satisfy="any", auth_type="basic", auth_secret="users",
                      auth_url="http://127.0.0.1:%d/" % server.backend.port, allowlist_source_range="192.0.2.0/24")
    made["items"].append(secret({"auth": "jane:%s\n" % HASHES["sha"]}))
    case.start(made, "--as=ingress")
    near, far = [("X-Forwarded-For", "192.0.2.1")], [("X-Forwarded-For", "198.51.100.1")]
    good = login("jane", "open sesame")
    same([case.ask(headers=h).status for h in (near, far, far + good, far + login("jane", "x"))], [200, 401, 200, 401])
    server.status = 200
    same(case.ask(headers=far).status, 200)
    del made["items"][0]["metadata"]["annotations"]["nginx.ingress.kubernetes.io/satisfy"]
    case.write(made)
    case.serve.reload()
    same([case.ask(headers=h).status for h in (near, near + good, far + good)], [401, 200, 403])
    server.status = 403
    same(case.ask(headers=near + good).status, 403)


@test
def as_the_gateway(case):
    case.start({**INGRESS, "metadata": {"name": "shop", "namespace": "web"}})
    same(case.ask("/none").status, 404)


@test
def as_a_controller_by_the_api(case):
    """An Ingress of a controller that is not simulated."""
    made = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "shop", "namespace": "web"},
            "spec": {"ingressClassName": "other", "rules": [{"host": HOST, "http": {"paths": [
                {"path": "/cart", "pathType": "Prefix",
                 "backend": {"service": {"name": "app", "port": {"number": 80}}}}]}}]}}
    case.start(made, "--as=ingress")
    same(sorted(port for _, port in case.serve.binds), [80])
    same((json.loads(case.ask("/cart/x").body)["path"], case.ask("/none").status), ("/cart/x", 404))
    made["spec"]["tls"] = [{"hosts": [HOST], "secretName": "own"}]
    case.write(made)
    case.serve.reload()
    same(sorted(port for _, port in case.serve.binds), [80, 443])
    with shake(case.serve.address(443), HOST) as sock, Wire(None, sock=sock) as wire:
        wire.send(request(HOST, "/cart"))
        same(wire.answer().status, 200)


# ---- TLS, HTTP/2, streams ----

def make_certificate(folder, name):
    paths = [os.path.join(folder, "crt"), os.path.join(folder, "key")]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "30", "-subj", "/CN=x", "-addext", "subjectAltName=DNS:" + name, "-out", paths[0],
                    "-keyout", paths[1]], check=True, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return paths


def secure_route(listeners, *more):
    objects = route([rule()])
    objects["items"][0]["spec"]["listeners"] = listeners
    objects["items"] += more
    return objects


HTTPS = {"name": "https", "port": 443, "protocol": "HTTPS",
         "tls": {"certificateRefs": [{"name": "own"}]}}


def shake(address, name, protocols=None, trust=None, **how):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = trust is not None
    context.verify_mode = ssl.CERT_REQUIRED if trust else ssl.CERT_NONE
    if trust:
        context.load_verify_locations(trust)
    if protocols:
        context.set_alpn_protocols(protocols)
    for key, value in how.items():
        setattr(context, key, value)
    return context.wrap_socket(socket.create_connection(address, PATIENCE), server_hostname=name)


@test
def certificates_of_secrets_and_made_up_ones(case):
    paths = make_certificate(case.folder.name, HOST)
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "own", "namespace": "web"},
              "type": "kubernetes.io/tls", "stringData": {k: open(p, encoding="ascii").read()
                                                          for k, p in zip(("tls.crt", "tls.key"), paths)}}
    case.start(secure_route([HTTPS], secret))
    with shake(case.serve.address(443), HOST, trust=paths[0]) as sock:
        wire = Wire(None, sock=sock)
        same(wire.send(request(HOST)).answer().status, 200)
        same(wire.send(request("other.example.com")).answer().status, 404)
    assert "self-signed" not in case.serve.err.text
    case.write(secure_route([HTTPS]))
    case.serve.reload()
    assert "no certificate for" in case.serve.err.text
    with shake(case.serve.address(443), HOST) as sock:
        assert HOST.encode() in sock.getpeercert(True)
        same(Wire(None, sock=sock).send(request(HOST)).answer().status, 200)


def hello(name):
    """What a client sends first."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        context.wrap_bio(incoming, outgoing, server_hostname=name).do_handshake()
    except ssl.SSLWantReadError:
        return outgoing.read()


@test
def handshakes_that_come_to_nothing(case):
    """Of HTTPS and of streams: clients that go at once, and such as go on with something else."""
    stream = {"name": "stream", "port": 8443, "protocol": "TLS",
              "tls": {"mode": "Terminate", "certificateRefs": [{"name": "own"}]}}
    tls = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "TLSRoute", "metadata": {"name": "stream", "namespace": "web"},
           "spec": {"parentRefs": [{"name": "gw", "sectionName": "stream"}], "hostnames": [HOST],
                    "rules": [{"backendRefs": [{"name": "app", "port": 80}]}]}}
    case.start(secure_route([HTTPS, stream], tls), "--workers=1", backends={"app": case.backend(kind)})
    fds, wires = case.serve.descriptors(), []
    for port in (443, 8443):
        for i in range(40):
            wires.append(Wire(case.serve.address(port)).send(hello(HOST)))
            if i % 2:
                wires[-1].close()
    for wire in wires[::2]:
        wire.send(b"\x17\x03\x03\x00\x20" + b"no record" * 4)
    for port in (443, 8443):
        with shake(case.serve.address(port), HOST) as sock:
            same(Wire(None, sock=sock).send(request(HOST)).answer().status, 200)
    for wire in wires[::2]:
        wire.close()
    until(lambda: case.serve.descriptors() <= fds + 2, "the end of all connections")


@test
def versions_and_sessions_of_tls(case):
    case.start(secure_route([HTTPS]), "--workers=2")
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        with shake(case.serve.address(443), HOST, minimum_version=version, maximum_version=version) as sock:
            same(Wire(None, sock=sock).send(request(HOST)).answer().status, 200)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    session, resumed = None, []
    for i in range(6):
        if i == 3:
            case.serve.reload()
        plain = socket.create_connection(case.serve.address(443), 10)
        with context.wrap_socket(plain, server_hostname=HOST, session=session) as sock:
            Wire(None, sock=sock).send(request(HOST)).answer()
            resumed.append(sock.session_reused)
            session = sock.session
    same(resumed, [False] + [True] * 5)
    try:
        shake(case.serve.address(443), HOST, minimum_version=ssl.TLSVersion.TLSv1,
              maximum_version=ssl.TLSVersion.TLSv1_1).close()
        raise AssertionError("TLS 1.1 was spoken")
    except (ssl.SSLError, OSError):
        pass


@test
def sessions_end_with_their_authority(case):
    """Whoever was let in by an authority that is trusted no more does not come in with a session of that time."""
    own = make_certificate(case.folder.name, HOST)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.load_cert_chain(*own)
    with tempfile.TemporaryDirectory() as folder:
        other = make_certificate(folder, "other.example.com")[0]
        texts = [open(p, encoding="ascii").read() for p in (own[0], other)]

    def made(authority):
        objects = controller(auth_tls_secret="web/ca", auth_tls_verify_client="on")
        objects["items"][0]["spec"]["tls"] = [{"hosts": [HOST], "secretName": "own"}]
        objects["items"].append(secret({"ca.crt": authority}, "ca"))
        return objects

    def asked(session):
        plain = socket.create_connection(case.serve.address(443), 10)
        with context.wrap_socket(plain, server_hostname=HOST, session=session) as sock:
            status = Wire(None, sock=sock).send(request(HOST)).answer().status
            return status, sock.session_reused, sock.session
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context.maximum_version = version
        case.start(made(texts[0]), "--as=ingress")
        status, resumed, session = asked(None)
        same((status, resumed), (200, False))
        case.serve.reload()
        same(asked(session)[:2], (200, True))
        case.write(made(texts[1]))
        case.serve.reload()
        try:
            raise AssertionError("let in: %s, resumed %s" % asked(session)[:2])
        except (ssl.SSLError, OSError):
            pass
        case.serve.stop()


@test
def large_bodies_over_tls(case):
    case.start(secure_route([HTTPS]), backends={"app": case.backend(kind)})
    body = os.urandom(1000) * 3000
    with shake(case.serve.address(443), HOST) as sock:
        wire = Wire(None, sock=sock)
        # One thread: the backend answers behind the body, and no two may use one SSL object at a time.
        wire.send(request(HOST, "/", "POST", body=body))
        same(wire.answer().body, b"POST / HTTP/1.1\n" + body)


@test
def many_requests_over_http2(case):
    case.start(secure_route([HTTPS]), "--workers=1", backends={"app": case.backend(kind)})
    with shake(case.serve.address(443), HOST, ["h2", "http/1.1"]) as sock:
        same(sock.selected_alpn_protocol(), "h2")
        client = http2.Client(sock)
        streams = [client.start("POST", "/%d" % i, HOST, body=b"b" * i * 100, scheme="https") for i in range(60)]
        for i, stream in enumerate(streams):
            same(client.wait(stream).body, b"POST /%d HTTP/1.1\n" % i + b"b" * i * 100)
        large = os.urandom(1000) * 2000
        same(client.ask("PUT", "/large", HOST, body=large, scheme="https").body, b"PUT /large HTTP/1.1\n" + large)
        same(client.ask("GET", "/", "other.example.com", scheme="https").status, 404)


@test
def empty_answers_over_http2(case):
    def empty(wire):
        while True:
            read_request(wire)
            reply(wire)
    backend = case.backend(empty)
    case.start(None, "--workers=1", backends={"app": backend})
    with socket.create_connection(case.at) as sock:
        client = http2.Client(sock)
        for _ in range(10):
            answer = client.ask("GET", "/", HOST)
            same((answer.status, answer.body), (200, b""))
    same((backend.count, case.serve.logged(499)), (1, 0))


@test
def http2_to_backends(case):
    def talk(wire):
        def answer(headers, body):
            said = dict(headers)
            return [(":status", "200")], said[":path"].encode() + body, [("x-sum", "7")]
        http2.Server(wire.socket, answer).run()
    objects = route([rule()])
    objects["items"].append({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "app", "namespace": "web"},
                             "spec": {"ports": [{"port": 80, "appProtocol": "kubernetes.io/h2c"}]}})
    backend = case.backend(talk)
    case.start(objects, "--workers=1", backends={"app": backend})
    for _ in range(5):
        same(case.ask("/p", "POST", body=b"x" * 100000).body, b"/p" + b"x" * 100000)
    same(backend.count, 1, "connections to the backend")
    with socket.create_connection(case.at) as sock:
        answer = http2.Client(sock).ask("POST", "/both", HOST, body=b"y" * 100000)
        same((answer.body, answer.trailers), (b"/both" + b"y" * 100000, [("x-sum", "7")]))


@test
def http2_backends_that_misbehave(case):
    def close(wire):
        wire.more()

    def garbage(wire):
        wire.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        wire.rest()
    objects = route([rule("/close", "close"), rule("/garbage", "garbage")])
    objects["items"] += [{"apiVersion": "v1", "kind": "Service", "metadata": {"name": n, "namespace": "web"},
                          "spec": {"ports": [{"port": 80, "appProtocol": "kubernetes.io/h2c"}]}}
                         for n in ("close", "garbage")]
    case.start(objects, backends={"close": case.backend(close), "garbage": case.backend(garbage)})
    same([case.ask(p).status for p in ("/close", "/garbage")], [502, 502])


class Picky(http2.Server):
    """Refuses the first request on its connection that has so many octets of content, each time with `how`."""

    def __init__(self, sock, how, octets, forever=False):
        super().__init__(sock, lambda headers, body: ([(":status", "200")], body, []))
        self.how, self.octets, self.forever, self.refused = how, octets, forever, set()

    def event(self, event):
        stream = getattr(event, "stream_id", None)
        if stream in self.refused:
            if isinstance(event, h2.events.DataReceived) and event.flow_controlled_length:
                self.h2.increment_flow_control_window(event.flow_controlled_length)
            return
        super().event(event)
        if stream in self.requests and len(self.requests[stream][1]) >= self.octets and (self.forever or not self.refused):
            self.refused.add(stream)
            del self.requests[stream]
            self.how(self, stream)


def refuse_stream(server, stream):
    server.h2.reset_stream(stream, h2.errors.ErrorCodes.REFUSED_STREAM)


def go_away(server, stream):
    """The last stream that it has looked at is the one before; the library would end the connection at once."""
    server.socket.sendall(server.h2.data_to_send() + struct.pack(">BHBBIII", 0, 8, 7, 0, 0, max(stream - 2, 0), 0))
    while server.socket.recv(65536):
        pass
    raise EOFError


def http2_app():
    objects = route([rule()])
    objects["items"].append({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "app", "namespace": "web"},
                             "spec": {"ports": [{"port": 80, "appProtocol": "kubernetes.io/h2c"}]}})
    return objects


@test
def requests_that_http2_refuses_are_sent_again(case):
    """RFC 9113 8.7: it says that it has not looked at them, so any method will do, if the content is there."""
    for how in (refuse_stream, go_away):
        for octets in (0, 1, 40000):
            refusing = [True]

            def talk(wire):
                if refusing:
                    del refusing[:]
                    Picky(wire.socket, how, octets).run()
                http2.Server(wire.socket, lambda headers, body: ([(":status", "200")], body, [])).run()
            backend = case.backend(talk)
            case.start(http2_app(), "--workers=1", backends={"app": backend})
            body = os.urandom(60000)
            for send in (lambda: case.ask("/", "POST", body=body), lambda: case.ask("/", "PATCH", body=body)):
                answer = send()
                same((answer.status, answer.body), (200, body), "%s after %d octets" % (how.__name__, octets))
            same(backend.count, 2, "connections")
            same(case.serve.stop(), [])
            case.serve = None


@test
def requests_too_long_to_be_kept_are_sent_once(case):
    backend = case.backend(lambda wire: Picky(wire.socket, refuse_stream, 66000, True).run())
    case.start(http2_app(), "--workers=1", backends={"app": backend})
    same(case.ask("/", "POST", body=b"x" * 70000).status, 502)
    same(backend.count, 1, "connections")
    same(case.ask("/", "POST", body=b"x" * 60000).status, 200)


@test
def http2_that_refuses_everything_is_not_flooded(case):
    backend = case.backend(lambda wire: Picky(wire.socket, refuse_stream, 0, True).run())
    case.start(http2_app(), "--workers=1", backends={"app": backend})
    same({case.ask("/", "POST", body=b"x").status for _ in range(30)}, {502})
    same(backend.count, 4, "connections")


@test
def silent_connections_of_http2_are_replaced(case):
    """A peer that has gone without a word would take every request until the kernel notices."""
    def silent(wire):
        wire.rest()

    def talk(wire):
        if quiet:
            silent(wire)
        http2.Server(wire.socket, lambda headers, body: ([(":status", "200")], b"here", [])).run()
    quiet, backend = [True], case.backend(talk)
    objects = route([rule(timeouts={"request": "1s"})])
    objects["items"].append({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "app", "namespace": "web"},
                             "spec": {"ports": [{"port": 80, "appProtocol": "kubernetes.io/h2c"}]}})
    case.start(objects, "--workers=1", backends={"app": backend})
    same([case.ask().status for _ in range(2)], [504, 504])
    same(backend.count, 2, "connections")
    del quiet[:]
    same([case.ask().status for _ in range(3)], [200] * 3)
    same(backend.count, 3, "connections")


@test
def http2_clients_go_away(case):
    case.start(None, "--workers=1")
    with socket.create_connection(case.at) as sock:
        client = http2.Client(sock)
        for _ in range(20):
            client.start("GET", "/?delay=30s", HOST)
        client.ask("GET", "/", HOST)  # the others have arrived
    until(lambda: case.serve.logged(499) == 20, "20 lines in the log")
    with socket.create_connection(case.at) as sock:
        client = http2.Client(sock)
        for _ in range(20):
            client.h2.reset_stream(client.start("GET", "/?delay=30s", HOST))
            client.flush()
        same(client.ask("GET", "/", HOST).status, 200)
    until(lambda: case.serve.logged(499) == 40, "40 lines in the log")


@test
def websockets_over_http2(case):
    case.with_backend(tunnel)
    with socket.create_connection(case.at) as sock:
        client = http2.Client(sock)
        stream = shakes_hands(client)
        answer = client.answers[stream]
        while answer.body != b"hello":
            client.take()
        same(answer.status, 200)
        client.send(stream, b"frames", end=False)
        while answer.body != b"helloframes":
            client.take()


@test
def false_handshakes_are_no_tunnels(case):
    """With a client of HTTP/2 nobody but the proxy can tell (RFC 8441 5, RFC 6455 4.1); others are told what was said."""
    rest = []

    def talk(wire):
        _, low, _ = read_request(wire)
        accept = {"/none": "", "/wrong": "Sec-WebSocket-Accept: %s\r\n" % accept_of({"sec-websocket-key": "another"})}
        wire.send(("HTTP/1.1 101 x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n%s\r\nhello"
                   % accept[low["x-path"]]).encode())
        rest.append(wire.rest())
    case.start(route([rule(path, filters=[{"type": "RequestHeaderModifier", "requestHeaderModifier": {
        "set": [{"name": "X-Path", "value": path}]}}]) for path in ("/none", "/wrong")]), backends={"app": case.backend(talk)})
    for path in ("/none", "/wrong"):
        with socket.create_connection(case.at) as sock:
            client = http2.Client(sock)
            stream = shakes_hands(client, path)
            client.send(stream, b"GET /admin", end=False)
            while not client.ended[stream]:
                client.take()
            answer = client.answers[stream]
            same(answer.status, 502, path)
            assert b"hello" not in answer.body, answer.body
        until(lambda: rest, "the end of the connection to the backend")
        same(rest.pop(), b"", "bytes behind a handshake that is none")
        with case.wire() as wire:
            wire.send(request(HOST, path, headers=UPGRADE) + b"mine")
            same(wire.answer().status, 101)
            same(wire.exactly(5), b"hello")
        until(lambda: rest, "the end of the connection to the backend")
        same(rest.pop(), b"mine")
    until(lambda: case.serve.logged(502) == 2, "two lines in the log")


@test
def tcp_and_udp_ports(case):
    def talk(wire):
        while True:
            wire.more()
            wire.send(wire.take(len(wire.bytes)).upper())
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))

    def datagrams():
        while True:
            data, peer = udp.recvfrom(1000)
            udp.sendto(data.upper(), peer)
    threading.Thread(target=datagrams, daemon=True).start()
    objects = secure_route([{"name": "tcp", "port": 9000, "protocol": "TCP"}, {"name": "udp", "port": 9000, "protocol": "UDP"}])
    objects["items"][1:] = [
        {"apiVersion": "gateway.networking.k8s.io/v1alpha2", "kind": kind_name,
         "metadata": {"name": name, "namespace": "web"},
         "spec": {"parentRefs": [{"name": "gw", "sectionName": name}],
                  "rules": [{"backendRefs": [{"name": name, "port": 9000}]}]}}
        for kind_name, name in (("TCPRoute", "tcp"), ("UDPRoute", "udp"))]
    case.write(objects)
    backend = case.backend(talk)
    case.serve = Serve(case.file, "--backend=web/tcp=127.0.0.1:%d" % backend.port,
                       "--backend=web/udp=127.0.0.1:%d" % udp.getsockname()[1])
    addresses = {m.group(1): ("127.0.0.1", int(m.group(2)))
                 for m in re.finditer(r"listening on (\w+)://127.0.0.1:(\d+)", case.serve.err.text)}
    with Wire(addresses["tcp"]) as wire:
        wire.send(b"hello" * 10000)
        same(wire.exactly(50000), b"HELLO" * 10000)
        wire.socket.shutdown(socket.SHUT_WR)
        assert wire.ended()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(5)
        sock.connect(addresses["udp"])
        for word in (b"one", b"two"):
            sock.send(word)
            same(sock.recv(100), word.upper())


# ---- backends that misbehave ----

@test
def backend_refuses(case):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    case.start(None, "--backend=web/app=127.0.0.1:%d" % port)
    same(case.ask().status, 502)


@test
def backend_answers_nonsense(case):
    for nonsense in (b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2x\r\n\r\nab",
                     b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                     b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nab", b"HTTP/1.1 20 OK\r\n\r\n",
                     b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\nX:",
                     b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100000 + b"\r\n\r\n",
                     b"HTTP/1.1 200 OK\r\nX: a\nY: b\r\n\r\n"):
        case.with_backend(raw(nonsense))
        same(case.ask().status, 502, repr(nonsense[:60]))
        same(case.serve.stop(), [])
        case.serve = None


@test
def backend_dies_in_the_middle(case):
    for half in (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
                 b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
                 b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n"):
        case.with_backend(raw(half))
        with case.wire() as wire:
            wire.send(request(HOST))
            try:
                wire.answer()
                raise AssertionError("an answer that is not complete looks complete")
            except (EOFError, ConnectionResetError):
                pass
        same(case.serve.stop(), [])
        case.serve = None


@test
def kept_connections_that_close_are_replaced(case):
    def talk(wire):
        read_request(wire)
        reply(wire, b"once")
    backend = case.backend(talk)
    case.start(None, backends={"app": backend})
    for _ in range(20):
        same(case.ask().body, b"once")
    same(backend.count, 20)


@test
def bytes_behind_an_answer_are_not_the_next_one(case):
    case.with_backend(raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
                          True))
    for _ in range(5):
        same(case.ask().body, b"ok")


@test
def early_answers_arrive(case):
    def talk(wire):
        wire.line()
        wire.fields()
        reply(wire, b"too large", 413)
        wire.socket.shutdown(socket.SHUT_WR)
        time.sleep(0.2)
    case.with_backend(talk)
    with case.wire() as wire:
        try:
            wire.send(request(HOST, "/", "POST", body=b"x" * 3000000))
        except OSError:
            pass
        answer = wire.answer()
        same((answer.status, answer.body), (413, b"too large"))


@test
def slow_readers_hold_the_sender_back(case):
    sent = [0]

    def talk(wire):
        read_request(wire)
        wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
        for _ in range(1000):
            wire.send(b"z" * 100000)
            sent[0] += 100000
    case.with_backend(talk)
    with case.wire() as wire:
        wire.send(request(HOST))
        time.sleep(0.5)
        before = sent[0]
        assert before < 40000000, "%d bytes were taken from the backend" % before
        same(len(wire.answer().body), 100000000)


# ---- clients that take their time, or too much ----

@test
def idle_connections_cost_little(case):
    case.start(None, "--workers=1")
    case.ask()

    def memory():
        with open("/proc/%d/statm" % case.serve.child.pid, encoding="ascii") as file:
            return int(file.read().split()[1]) * 4096
    before, wires = memory(), [case.wire() for _ in range(800)]
    for wire in wires:
        wire.send(request(HOST))
    for wire in wires:
        same(wire.answer().status, 200)
    if not program.is_sanitized(program.binary()):
        assert memory() - before < 800 * 8192, "%d bytes a connection" % ((memory() - before) / 800)
    wires[0].send(request(HOST, "/again"))
    same(wires[0].answer().status, 200)
    for wire in wires:
        wire.close()


def large(wire):
    read_request(wire)
    wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n")
    for _ in range(500):
        wire.send(b"z" * 100000)


def drip_steadily(send):
    """Twelve times in a bit more than the three seconds that a client may be silent; whether it was never silent for long."""
    longest = 0
    for _ in range(12):
        before = time.monotonic()
        time.sleep(0.3)
        send()
        longest = max(longest, time.monotonic() - before)
    return longest < 2


def steadily(ask_slowly):
    """What comes of it; once more when this process was held up so long that it was not steady."""
    for _ in range(5):
        try:
            steady, got = ask_slowly()
        except OSError:  # cut off while it sends
            continue
        if steady:
            return got
    raise AssertionError("this machine is too busy for a client that sends steadily")


@test
def slow_clients_are_cut_off(case):
    case.start(route([rule(), rule("/large", "large")]), "--client-timeout=3",
               backends={"app": case.backend(kind), "large": case.backend(large)})
    with case.wire() as head, case.wire() as body, case.wire() as idle, case.wire() as mute, case.wire() as reader:
        head.send(request(HOST)[:-2])
        body.send(request(HOST, "/", "POST", [("Content-Length", "10")]) + b"half")
        idle.send(request(HOST))
        same(idle.answer().status, 200)
        reader.send(request(HOST, "/large"))
        same([head.answer().status, body.answer().status], [408, 408])
        assert head.ended() and body.ended() and idle.ended() and mute.ended()
        until(lambda: "does not read its answer" in case.serve.out.text, "the end of the slow reader")
    def drips():  # a body that comes slowly but steadily is none of these
        with case.wire() as drip:
            drip.send(request(HOST, "/", "POST", [("Content-Length", "12")]))
            steady = drip_steadily(lambda: drip.send(b"x"))
            return steady, drip.answer().body
    same(steadily(drips), b"POST / HTTP/1.1\nxxxxxxxxxxxx")


@test
def slow_clients_of_http2_are_cut_off(case):
    case.start(route([rule(), rule("/large", "large")]), "--client-timeout=3", "--workers=1",
               backends={"app": case.backend(kind), "large": case.backend(large)})
    log = case.serve.out

    def until_closed(client):
        try:
            while True:
                client.take()
        except (EOFError, ConnectionResetError):
            return
    with socket.create_connection(case.at) as sock:  # the head has no end, and one stream waits beside it
        client = http2.Client(sock)
        client.start("POST", "/", HOST, end=False)
        client.take()  # settings are acknowledged before the head, not within
        block = hpack.Encoder().encode([(":method", "GET"), (":scheme", "http")])
        sock.sendall(struct.pack(">I", len(block))[1:] + b"\x01\x00" + struct.pack(">I", 3) + block)
        until_closed(client)
    until(lambda: "the head of the request did not come in time" in log.text, "the head in the log")
    with socket.create_connection(case.at) as sock:
        client = http2.Client(sock)
        for body in (None, b"half"):
            stream = client.start("POST", "/", HOST, [("content-length", "10")], body=body, end=False)
            while not client.ended[stream]:
                client.take()
            same(client.answers[stream].status, 408)
        same(client.ask("GET", "/on", HOST).body, b"GET /on HTTP/1.1\n")
    with socket.create_connection(case.at) as sock:  # a window that never opens
        client = http2.Client(sock)
        client.h2.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: 0})
        stream = client.start("GET", "/large", HOST)
        while not client.ended[stream]:
            client.take()
        same((client.answers[stream].status, client.ended[stream]), (200, "reset 8"))
        client.h2.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: 65535})
        same(client.ask("GET", "/on", HOST).body, b"GET /on HTTP/1.1\n")
    until(lambda: "does not read its answer" in log.text, "the end of the slow reader")
    with socket.create_connection(case.at) as sock:  # nothing for a while is the end of the connection
        client = http2.Client(sock)
        client.ask("GET", "/", HOST)
        until_closed(client)


@test
def slow_but_steady_clients_of_http2_are_served(case):
    def late(wire):
        read_request(wire)
        time.sleep(4)
        reply(wire, b"late")

    def both(wire):
        wire.line()
        wire.fields()
        wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n")
        body, _ = wire.chunks()
        wire.send(b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n")
    case.start(route([rule(), rule("/late", "late"), rule("/both", "both")]), "--client-timeout=3",
               backends={"app": case.backend(kind), "late": case.backend(late), "both": case.backend(both)})

    def drips():
        with socket.create_connection(case.at) as one, socket.create_connection(case.at) as two:
            first, second = http2.Client(one), http2.Client(two)
            waits = first.start("GET", "/late", HOST)
            quiet = second.start("POST", "/both", HOST, end=False)
            while not second.answers[quiet].body:
                second.take()
            drip = first.start("POST", "/", HOST, end=False)
            steady = drip_steadily(lambda: first.send(drip, b"x", end=False))
            first.send(drip, b"!")
            second.send(quiet, b"after all")
            return steady, [first.wait(waits).body, first.wait(drip).body, second.wait(quiet).body]
    same(steadily(drips), [b"late", b"POST / HTTP/1.1\nxxxxxxxxxxxx!", b"hiafter all"])


@test
def no_descriptors_left(case):
    case.start(None, "--workers=1", backends={"app": case.backend(kind)})
    limit = case.serve.descriptors() + 20
    resource.prlimit(case.serve.child.pid, resource.RLIMIT_NOFILE, (limit, limit))
    wires = [case.wire() for _ in range(60)]
    for wire in wires:
        wire.send(request(HOST))
    statuses = [wires[i].answer().status for i in range(10)]
    assert set(statuses) <= {200, 503}, statuses
    for wire in wires:
        wire.close()

    def answers():
        try:
            return ask(case.at, HOST).status == 200
        except (OSError, EOFError):
            return False
    until(answers, "an answer when descriptors are back")


# ---- clients that go away ----

@test
def client_goes_away(case):
    gone = []

    def talk(wire):
        try:
            read_request(wire)
            wire.rest()
        except (OSError, EOFError):
            pass
        gone.append(True)
    case.with_backend(talk)
    wire = case.wire().send(request(HOST))
    until(lambda: case.backends[0].count == 1, "the request")
    wire.close()
    until(lambda: gone, "the end of the backend's connection")
    until(lambda: case.serve.logged(499), "the line in the log")


@test
def clients_that_break_off_are_noticed(case):
    """By a reset, with something behind the request or not, or an end of TCP below TLS."""
    gone, asked = [], []

    def talk(wire):
        try:
            asked.append(read_request(wire))
            wire.rest()
        except (OSError, EOFError):
            pass
        gone.append(True)
    case.start(secure_route([HTTPS, {"name": "http", "port": 80, "protocol": "HTTP"}]),
               backends={"app": case.backend(talk)})

    def reset(wire):
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        wire.close()
    for port, more, leave in ((80, b"", reset), (80, request(HOST, "/next"), reset), (443, b"", Wire.close),
                              (443, b"", reset), (443, request(HOST, "/next"), reset)):
        where = case.serve.address(port)
        wire = Wire(None, sock=shake(where, HOST)) if port == 443 else Wire(where)
        del gone[:], asked[:]
        wire.send(request(HOST) + more)
        until(lambda: asked, "the request")
        leave(wire)
        until(lambda: gone, "the end of the backend's connection: %d %r %s" % (port, more, leave))
    until(lambda: case.serve.logged(499) == 5, "lines in the log")


@test
def descriptors_come_back(case):
    backend = case.backend(kind)
    case.start(None, "--workers=1", backends={"app": backend})
    case.ask()
    before = case.serve.descriptors()
    wires = [case.wire() for _ in range(200)]
    for wire in wires:
        wire.send(b"GET / HTTP/1.1\r\nHost: a")
    until(lambda: case.serve.descriptors() >= 200, "200 connections")
    for wire in wires:
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        wire.close()
    until(lambda: case.serve.descriptors() <= before + 2, "the end of 200 connections")
    same(case.ask().status, 200)


# ---- running ----

@test
def reload_keeps_what_was_there_when_broken(case):
    case.start(None)
    with case.wire() as wire:
        wire.send(request(HOST))
        same(wire.answer().status, 200)
        for broken in ("a: [", "kind: List\napiVersion: v1\nitems: []\n"):
            count = case.serve.err.text.count("not reloaded")
            case.write(broken)
            case.serve.child.send_signal(signal.SIGHUP)
            case.serve.wait_for("not reloaded", count + 1)
            wire.send(request(HOST))
            same(wire.answer().status, 200)
        case.write(route([rule("/new", service="fresh")]))
        case.serve.reload()
        wire.send(request(HOST, "/new"))
        same(json.loads(wire.answer().body)["service"], "fresh")
        wire.send(request(HOST, "/"))
        same(wire.answer().status, 404)


@test
def addresses_that_change_hands_lose_nobody(case):
    """Another Gateway at the address that is bound: who waits in its queue is not reset."""
    objects = route([rule()])
    case.start(objects, "--workers=2")
    bound = case.serve.address(80)
    case.serve.stop()
    case.start(objects, "--workers=2", "--listen=80=%s:%d" % bound)
    before = case.serve.descriptors()
    for number in range(150):
        objects["items"][0]["metadata"]["name"] = objects["items"][1]["spec"]["parentRefs"][0]["name"] = "gw%d" % (number % 3)
        case.write(objects)
        case.serve.reload()
        wires = [Wire(bound).send(request(HOST, close=True)) for _ in range(4)]
        for wire in wires:
            same(wire.answer().status, 200, "after reload %d" % number)
            wire.close()
    until(lambda: case.serve.descriptors() <= before, "the end of the connections")


@test
def clients_of_a_listener_that_is_gone_are_closed(case):
    objects, fewer = route([rule()]), route([rule()])
    objects["items"][0]["spec"]["listeners"].append({"name": "two", "port": 81, "protocol": "HTTP"})
    case.start(objects, "--workers=1")
    before = case.serve.descriptors()
    wires = [Wire(case.serve.address(81)) for _ in range(20)]
    for wire in wires:
        wire.send(request(HOST))
        same(wire.answer().status, 200)
    with socket.create_connection(case.serve.address(81)) as sock:
        client = http2.Client(sock)
        same(client.ask("GET", "/", HOST).status, 200)
        case.write(fewer)
        case.serve.reload()
        for number, wire in enumerate(wires):
            wire.send(request(HOST, "/", "POST", body=b"x") if number % 2 else request(HOST))
            assert wire.ended()
        client.start("GET", "/", HOST)
    until(lambda: case.serve.descriptors() <= before, "the end of the connections")
    same(case.ask().status, 200)


@test
def files_are_watched(case):
    case.start(None, "--watch")
    case.write(route([rule(service="watched")]))
    case.serve.wait_for("reloaded: ")
    same(json.loads(case.ask().body)["service"], "watched")


@test
def files_that_are_gone_are_said_once(case):
    case.start(None, "--watch")
    os.unlink(case.file)
    case.serve.wait_for("not reloaded")
    time.sleep(1.6)  # three more looks
    same((case.serve.err.text.count("cannot read"), case.serve.err.text.count("not reloaded")), (1, 1))
    case.write(route([rule(service="again")]))
    case.serve.wait_for("reloaded: ")
    same(json.loads(case.ask().body)["service"], "again")


@test
def reload_under_load_loses_nothing(case):
    case.start(None, "--workers=2", backends={"app": case.backend(kind)})
    stop, done, wrong = threading.Event(), [0], []

    def load(_):
        while not stop.is_set():
            with case.wire() as wire:
                for _ in range(20):
                    wire.send(request(HOST, "/x"))
                    answer = wire.answer()
                    done[0] += 1
                    if answer.status != 200:
                        wrong.append(answer.status)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(load, i) for i in range(8)]
        for i in range(15):
            case.write(route([rule(), rule("/%d" % i)]))
            case.serve.reload()
            time.sleep(0.1)
        stop.set()
        for job in jobs:
            job.result()
    same(wrong, [])
    assert done[0] > 100, done


@test
def requests_under_way_end_before_the_end(case):
    asked, go_on = [], threading.Event()

    def talk(wire):
        while True:
            asked.append(read_request(wire)[0])
            if "slow" in asked[-1]:
                go_on.wait(PATIENCE)
            reply(wire)
    case.with_backend(talk)
    with case.wire() as wire, case.wire() as idle:
        idle.send(request(HOST))
        idle.answer()
        wire.send(request(HOST, "/slow"))
        until(lambda: len(asked) == 2, "the request")
        case.serve.child.send_signal(signal.SIGTERM)
        assert idle.ended()
        go_on.set()
        same(wire.answer().get("Connection"), "close")
    same(case.serve.child.wait(PATIENCE), 0)


@test
def log_in_json(case):
    case.start(None, "--access-log=json")
    case.ask("/x", headers=[("X-Request-Id", 'id-1')])
    line = json.loads(until(lambda: case.serve.out.text, "the log"))
    same({k: line[k] for k in ("status", "method", "host", "target", "route", "rule", "backend", "requestId")},
         {"status": 200, "method": "GET", "host": HOST, "target": "/x", "route": "shop", "rule": 0, "backend": "app",
          "requestId": "id-1"})


@test
def lines_of_converted_routes(case):
    """A converted route names the line of the Ingress that it came from, also where that stands in a comment only."""
    case.start(INGRESS, "--admin=127.0.0.1:0")
    at = re.search(r"status page on http://127.0.0.1:(\d+)", case.serve.err.text)
    answer = ask(("127.0.0.1", int(at.group(1))), "localhost", "/routes", "GET")
    routes = [route for route in json.loads(answer.body)["routes"] if route.get("kind") == "HTTPRoute"]
    same(bool(routes), True, "routes are listed")
    same(all(re.search(r":[1-9][0-9]* Ingress ", route.get("from", "")) for route in routes), True, "lines: %s" % routes)


@test
def pages_of_admin(case):
    case.start(None, "--admin=127.0.0.1:0", "--workers=2")
    at = re.search(r"status page on http://127.0.0.1:(\d+)", case.serve.err.text)
    admin = "127.0.0.1", int(at.group(1))
    for path, status in (("/x", 200), ("/x", 200), ("/status/503", 503)):
        same(case.ask(path).status, status)
    same(case.ask(host="other.example.com").status, 404)

    def get(path, method="GET"):
        return ask(admin, "localhost", path, method)

    def counted():
        return get("/metrics").body.decode().count('code="404"')
    until(counted, "the counters")
    text = get("/metrics").body.decode()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    found = {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines}
    labels = 'kind="HTTPRoute",namespace="web",route="shop",backend_namespace="web",backend="app",backend_port="80",code="%d"'
    same([found["ingress2gw_requests_total{%s}" % (labels % code)] for code in (200, 503)], [2, 1])
    same(found["ingress2gw_request_duration_seconds_count"], 4)
    same([get(p).status for p in ("/healthz", "/readyz", "/nothing")], [200, 200, 404])
    same(get("/status", "POST").status, 405)
    sources = {route.get("from") for route in json.loads(get("/routes").body)["routes"] if "kind" in route}
    same(all(re.search(r"\.(yaml|json):[1-9]", s or "") for s in sources), True, "a line of the input for each route: %s" % sources)
    same(all(s.encode() in get("/").body for s in sources), True, "the page has it, too")
    status = json.loads(get("/status").body)
    same((status["requests"], status["workers"], status["listeners"][0]["gateway"]), (4, 2, "gw"))
    routes = json.loads(get("/routes").body)["routes"]
    same([(r["host"], r["name"]) for r in routes if r["kind"] == "HTTPRoute"], [(HOST, "shop")])
    page = get("/").body.decode()
    assert HOST in page and "503 GET" in page, page
    case.write("a: [")
    case.serve.child.send_signal(signal.SIGHUP)
    case.serve.wait_for("not reloaded")
    assert json.loads(get("/status").body)["reloadFailure"]
    case.write(route([rule(path="/<script>")]))
    case.serve.reload()
    assert "<script>" not in get("/").body.decode()


@test
def questions_about_routes(case):
    case.start(route([rule("/cart"), rule("/cart/new", "fresh", matches=[
        {"path": {"type": "PathPrefix", "value": "/cart"}, "headers": [{"name": "X-Try", "value": "new one"}]}])]),
        "--admin=127.0.0.1:0")
    at = re.search(r"status page on http://127.0.0.1:(\d+)", case.serve.err.text)

    def get(query):
        return ask(("127.0.0.1", int(at.group(1))), "localhost", "/match?" + query)
    url = "url=http://%s/cart/x%%3Fa=b" % HOST
    for more, name in (("", "app"), ("&header=X-Try:%20new+one", "fresh"), ("&method=DELETE", "app")):
        decision = json.loads(get(url + more).body)["decisions"][0]["decision"]
        same((decision["action"], decision["backends"][0]["name"]), ("forward", name))
        assert any(step["taken"] for step in decision["considered"]) and decision["place"]["line"], decision
    for query, words in (("", "url= is missing"), ("url=gopher://x", "gopher"), (url + "&x=1", "'x' is not asked for"),
                         ("url=http://a&header=b", "header")):
        answer = get(query)
        same(answer.status, 400, query)
        assert words in answer.body.decode(), answer.body


@test
def names_of_backends_are_looked_up(case):
    backend = case.backend(kind)
    objects = controller(rules=[{"path": "/", "pathType": "Prefix", "backend": {
        "service": {"name": "away", "port": {"number": backend.port}}}}])
    objects["items"] += [
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": n, "namespace": "web"},
         "spec": {"type": "ExternalName", "externalName": host}}
        for n, host in (("away", "localhost"), ("nowhere", "no.such.host.invalid"))]
    case.start(objects, "--as=ingress", "--resolve-dns")
    same(case.ask("/x").body, b"GET /x HTTP/1.1\n")
    assert "the host no.such.host.invalid cannot be found" in case.serve.err.text


@test
def connections_have_a_rate(case):
    case.start(None, "--client-rate=5")
    with case.wire() as wire:
        statuses = []
        for _ in range(20):
            wire.send(request(HOST))
            statuses.append(wire.answer().status)
        assert statuses[:5] == [200] * 5 and 429 in statuses, statuses
        until(lambda: wire.send(request(HOST)).answer().status == 200, "the bucket to run out")
    with socket.create_connection(case.at) as sock:
        client = http2.Client(sock)
        streams = [client.start("GET", "/", HOST) for _ in range(10)]
        statuses = [client.wait(stream).status for stream in streams]
        assert statuses[0] == 200 and 429 in statuses, statuses


@test
def addresses_in_use_are_said(case):
    case.start(None)
    taken = socket.create_server(("127.0.0.1", 0))
    result = program.run(["serve", case.file, "--listen=127.0.0.1:%d" % taken.getsockname()[1]])
    same(result.status, 2)
    assert "cannot listen on" in result.error_text(), result.error_text()


@test
def two_of_them_do_not_share_an_address(case):
    objects = route([rule()])
    objects["items"][0]["spec"]["listeners"].append({"name": "dns", "port": 53, "protocol": "UDP"})
    objects["items"].append({"apiVersion": "gateway.networking.k8s.io/v1", "kind": "UDPRoute",
                             "metadata": {"name": "dns", "namespace": "web"},
                             "spec": {"parentRefs": [{"name": "gw", "sectionName": "dns"}],
                                      "rules": [{"backendRefs": [{"name": "dns", "port": 53}]}]}})
    case.start(objects, "--admin=127.0.0.1:0", "--workers=2")
    admin = int(re.search(r"status page on http://127.0.0.1:(\d+)", case.serve.err.text).group(1))
    for flags in (["--listen=80=%s:%d" % case.serve.address(80)],
                  ["--listen=53=%s:%d" % case.serve.address(53)], ["--admin=127.0.0.1:%d" % admin]):
        result = program.run(["serve", case.file, "--listen=127.0.0.1:0"] + flags)
        same(result.status, 2, flags)
        assert "cannot listen on" in result.error_text(), result.error_text()
    objects["items"][0]["metadata"]["name"] = objects["items"][1]["spec"]["parentRefs"][0]["name"] = "other"
    bound = case.serve.address(80)
    case.serve.stop()
    case.start(objects, "--listen=80=%s:%d" % bound)  # what the first one had is free at once
    objects["items"][0]["metadata"]["name"] = objects["items"][1]["spec"]["parentRefs"][0]["name"] = "gw"
    case.write(objects)
    case.serve.reload()  # another Gateway at the address that is bound already
    same(ask(bound, HOST).status, 200)


@test
def wrong_flags_are_said(case):
    case.write(route([rule()]))
    for flag, word in (("--backend=x", "not of the form"), ("--backend=a=https://127.0.0.1", "BackendTLSPolicy"),
                       ("--backend-status=7", "200 to 599"), ("--listen=x=127.0.0.1", "no port"),
                       ("--workers=0", "number"), ("--listen=no.such.host.invalid", "cannot be found")):
        result = program.run(["serve", case.file, flag])
        same(result.status, 2, flag)
        assert word in result.error_text(), result.error_text()


# ---- all of them ----

def run_one(function):
    case = Case()
    complaints = []
    try:
        function(case)
    except Exception as error:  # what a test finds wrong
        complaints = ["%s: %s" % (type(error).__name__, error)]
        if case.serve:
            complaints += ["log: " + line for line in case.serve.out.text.splitlines()[-5:]]
    return complaints + case.finish()


def main():
    tally = Tally("serve")
    words = sys.argv[1:]
    wanted = [t for t in TESTS if not words or any(w in t.__name__ for w in words)]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for function, complaints in zip(wanted, pool.map(run_one, wanted)):
            tally.check(function.__name__, not complaints, "\n".join(complaints))
    tally.finish()


if __name__ == "__main__":
    main()
