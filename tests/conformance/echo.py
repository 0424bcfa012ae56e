"""Backends of the conformance tests: one listening socket for each port of each Service, on 127.0.0.1.

They answer as the echo server of the tests does (fields of the JSON, delay, status, retry,
X-Echo-Set-Header, websocket), and remember what they were asked.
"""

import base64
import hashlib
import json
import socket
import socketserver
import ssl
import struct
import threading
import time
import urllib.parse

import h2.exceptions

import http2


def seconds(text):
    factors = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
    unit = next(u for u in ("ms", "s", "m", "h") if text.endswith(u))
    return float(text[:-len(unit)]) * factors[unit]


class Gone(Exception):
    """The peer closed, or is to be left alone."""


class Memory:
    """What all backends share: requests they saw, and how often a retry was tried."""

    def __init__(self):
        self.lock = threading.Lock()
        self.seen, self.tries = [], {}

    def note(self, namespace, deployment, target):
        with self.lock:
            self.seen.append((namespace, deployment, target))

    def count(self, namespace, deployment, target):
        with self.lock:
            return self.seen.count((namespace, deployment, target))

    def tried(self, uuid):
        with self.lock:
            self.tries[uuid] = self.tries.get(uuid, 0) + 1
            return self.tries[uuid]


class Handler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        try:
            while self.one():
                pass
        except (Gone, OSError, ValueError):
            pass

    def one(self):
        line = self.rfile.readline().decode("latin-1").rstrip("\r\n")
        if not line:
            return False
        method, target, _ = line.split(" ")
        headers = []
        while True:
            field = self.rfile.readline().decode("latin-1").rstrip("\r\n")
            if not field:
                break
            name, value = field.split(":", 1)
            headers.append((name, value.strip()))
        self.body(headers)
        self.server.memory.note(self.server.place["namespace"], self.server.place["deployment"], target)
        return self.answer(method, target, headers)

    def body(self, headers):
        low = {n.lower(): v for n, v in headers}
        if low.get("transfer-encoding") == "chunked":
            while True:
                size = int(self.rfile.readline(), 16)
                self.rfile.read(size + 2)
                if not size:
                    return
        self.rfile.read(int(low.get("content-length", 0)))

    def answer(self, method, target, headers):
        parts = urllib.parse.urlsplit(target)
        query = {k: v[0] for k, v in urllib.parse.parse_qs(parts.query).items()}
        low = {n.lower(): v for n, v in headers}
        status = 200
        if parts.path == "/ws" and low.get("upgrade") == "websocket":
            self.websocket(low)
            return False
        if parts.path.startswith("/retry/") and "uuid" in query:
            status = self.retry(query)
        elif parts.path.startswith("/status/"):
            status = int(parts.path.rsplit("/", 1)[1])
        if "delay" in query:
            time.sleep(seconds(query["delay"]))
        self.reply(status, method, target, headers)
        return True

    def retry(self, query):
        tries = self.server.memory.tried(query["uuid"])
        if tries > int(query["succeedAfter"]):
            return 200
        if "delayRetry" in query:
            time.sleep(seconds(query["delayRetry"]))
        if "responseCode" in query:
            return int(query["responseCode"])
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.request.close()
        raise Gone()

    def say(self, method, target, headers):
        place, seen = self.server.place, {}
        for name, value in headers:
            if name.lower() != "host":
                seen.setdefault("-".join(p.capitalize() for p in name.split("-")), []).append(value)
        said = {"path": target, "host": next((v for n, v in headers if n.lower() == "host"), ""),
                "method": method, "proto": "HTTP/1.1", "headers": seen,
                "httpPort": str(place["port"]), "namespace": place["namespace"], "ingress": "",
                "service": place["service"], "pod": place["deployment"] + "-aaaa-bbbb"}
        tls = self.tls()
        if tls:
            said["tls"] = tls
        return said

    def tls(self):
        """What is said of the handshake; None: there was none."""
        if not hasattr(self.request, "version"):
            return None
        shown = self.request.getpeercert(True)
        return {"version": self.request.version(), "serverName": getattr(self.request, "asked_name", None) or "",
                "peerCertificates": [ssl.DER_cert_to_PEM_cert(shown)] if shown else []}

    def reply(self, status, method, target, headers):
        body = json.dumps(self.say(method, target, headers)).encode()
        lines = ["HTTP/1.1 %d x" % status, "Content-Type: application/json",
                 "X-Content-Type-Options: nosniff", "Content-Length: %d" % len(body)]
        for name, value in headers:
            if name.lower() == "x-echo-set-header":
                lines += [": ".join(p.strip() for p in s.split(":", 1)) for s in value.split(",") if ":" in s]
        self.wfile.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
                         + (b"" if method == "HEAD" else body))

    def websocket(self, low):
        key = low["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        self.wfile.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                          "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n" % accept).encode())
        while True:
            head = self.rfile.read(2)
            if len(head) < 2 or head[0] & 15 == 8:
                return
            length = head[1] & 127
            if length == 126:
                length = struct.unpack(">H", self.rfile.read(2))[0]
            mask = self.rfile.read(4)
            data = bytes(b ^ mask[i % 4] for i, b in enumerate(self.rfile.read(length)))
            self.wfile.write(bytes([head[0], len(data)]) + data)


class H2Handler(Handler):
    """HTTP/2 with prior knowledge only; speaks gRPC where the workload does."""

    def handle(self):
        try:
            if self.request.recv(3, socket.MSG_PEEK) != b"PRI":
                self.wfile.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            http2.Server(self.request, self.grpc if self.server.place["grpc"] else self.http).run()
        except (OSError, h2.exceptions.ProtocolError):
            pass

    def http(self, headers, _):
        low = dict(headers)
        said = self.say(low[":method"], low[":path"], [("host", low[":authority"])] +
                        [h for h in headers if not h[0].startswith(":")])
        said["proto"] = "HTTP/2.0"
        return [(":status", "200"), ("content-type", "application/json")], json.dumps(said).encode(), None

    def grpc(self, headers, _):
        low = dict(headers)
        start = [(":status", "200"), ("content-type", "application/grpc")]
        if low[":path"].rsplit("/", 1)[1] not in ("Echo", "EchoTwo"):
            return start + [("grpc-status", "12")], b"", [("grpc-status", "12")]
        said = self.say("POST", low[":path"], [("host", low[":authority"])] +
                        [h for h in headers if not h[0].startswith(":")])
        return start, http2.message(json.dumps(said).encode()), [("grpc-status", "0")]


class TcpHandler(Handler):
    """A dialogue in lines."""

    def handle(self):
        place = self.server.place
        try:
            self.wfile.write(b"welcome\n")
            for line in self.rfile:
                word = line.strip()
                if word == b"PING":
                    self.wfile.write(b"PONG\n")
                elif word == b"IS_TLS":
                    self.wfile.write(b"true\n" if self.tls() else b"false\n")
                elif word == b"TEST":
                    said = {"pod": place["deployment"] + "-aaaa-bbbb", "namespace": place["namespace"],
                            "isTLS": bool(self.tls())}
                    if self.tls():
                        said["tls"] = self.tls()
                    self.wfile.write(json.dumps(said).encode() + b"\n")
        except OSError:
            pass


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 128
    block_on_close = False

    def __init__(self, place, memory, handler=Handler, context=None):
        self.place, self.memory, self.context = place, memory, context
        super().__init__(("127.0.0.1", 0), handler)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def finish_request(self, request, client_address):
        """In the thread of the connection: a handshake may take its time."""
        if self.context:
            request.settimeout(10)
            request = self.context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        pass


class UdpServer:
    """Answers a DNS question with its header, anything else with JSON."""

    def __init__(self, place):
        self.place = place
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            data, peer = self.socket.recvfrom(65536)
            if self.place["port"] == 53:
                reply = data[:2] + b"\x81\x80" + data[4:]
            else:
                reply = json.dumps({"request": data.decode("latin-1"), "namespace": self.place["namespace"],
                                    "service": self.place["service"],
                                    "pod": self.place["deployment"] + "-aaaa-bbbb"}).encode()
            self.socket.sendto(reply, peer)
