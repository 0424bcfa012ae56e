#!/usr/bin/env python3
"""The edge cases of ../shared/reference/http-edge-cases.yaml once more, through sockets: `serve` between a client that
sends what the case says and a backend that notes what it gets. Judged by the rules of edge_cases.py.

usage: edge_wire.py [-v] [ID...]
"""

import base64
import concurrent.futures
import hashlib
import json
import os
import re
import socket
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "conformance"), os.path.dirname(HERE)]

import hpack  # noqa: E402

import edge_cases  # noqa: E402
import program  # noqa: E402
from server import Serve  # noqa: E402
from tally import Tally  # noqa: E402

QUIET = 0.25  # seconds without a byte after which nothing more is expected
ACCEPT = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Backend:
    """Notes the bytes of each connection; answers every complete request with `response`, or 200."""

    def __init__(self, response, closes):
        self.response, self.closes, self.wires = response, closes, []
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            self.wires.append(bytearray())
            threading.Thread(target=self.talk, args=(peer, self.wires[-1]), daemon=True).start()

    def talk(self, peer, wire):
        answered = 0
        try:
            while True:
                data = peer.recv(65536)
                if not data:
                    return
                wire += data
                while answered < edge_cases.requests(bytes(wire))[0]:
                    answered += 1
                    peer.sendall(self.answer(bytes(wire)))
                    if self.closes:
                        return
        except OSError:
            pass
        finally:
            peer.close()

    def answer(self, wire):
        if self.response is not None:
            return self.response
        key = re.search(rb"^Sec-WebSocket-Key: (\S+)", wire, re.M)
        if wire.startswith(b"GET /ws") and key:
            accept = base64.b64encode(hashlib.sha1(key.group(1) + ACCEPT).digest())
            return (b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")
        return b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Seen:
    """What came out, in the form that edge_cases judges."""

    splits, decided = "same", ()

    def __init__(self, case, client, closed, wires):
        self.client, self.wires = client, [bytes(w) for w in wires] or [b""]
        self.upstream = b"".join(self.wires)
        if client.startswith(b"HTTP/1.1 "):
            found = h1_statuses(client, case)
            self.client = b"" if case["proto"] == "h2" else client
        elif case["proto"] == "h2":
            found = h2_statuses(client)
        else:
            found = ["h2"] if client else []
        self.statuses = "+".join(found) or "-"
        self.state = "close" if closed else "open"
        # What the proxy says by itself has a length of its own, which may be that one.
        if found == ["502"] and case["proto"] == "h1-response":
            self.client = client.partition(b"Content-Length:")[0]


def content_end(head, rest, status, case):
    """Length of the content of an answer; None: it is not all there."""
    if status[0] == "1" or status in ("204", "304") or case["raw"].startswith("HEAD"):
        return 0
    if re.search(rb"^Transfer-Encoding: chunked\r?$", head, re.M):
        end = re.search(rb"(?:^|\r\n)0\r\n(?:[^\r]+\r\n)*\r\n", rest)
        return end and end.end()
    length = re.search(rb"^Content-Length: (\d+)", head, re.M)
    size = int(length.group(1)) if length else len(rest)
    return size if len(rest) >= size else None


def h1_statuses(client, case):
    """Statuses of the answers, one after the other; the last may be "200-truncated"."""
    found = []
    while client:
        head, blank, rest = client.partition(b"\r\n\r\n")
        status = re.match(rb"HTTP/1\.1 (\d\d\d) ", head)
        if not status or not blank:
            return found + ["malformed"]
        status = status.group(1).decode()
        end = content_end(head, rest, status, case)
        if end is None:
            return found + [status + "-truncated"]
        if status != "100":
            found.append(status)
        client = rest[end:] if status != "101" else b""
    return found


def h2_statuses(client):
    decoder, found, at = hpack.Decoder(), [], 0
    while at + 9 <= len(client):
        length, kind = int.from_bytes(client[at:at + 3], "big"), client[at + 3]
        if kind == edge_cases.HEADERS:
            found += [v for n, v in decoder.decode(client[at + 9:at + 9 + length]) if n == ":status"]
        at += 9 + length
    return found


def send(sock, data):
    try:
        sock.sendall(data)
    except OSError:
        pass  # refused before it was all there


def ask(address, case):
    """What the client gets, and whether the connection was closed."""
    with socket.create_connection(address, 5) as sock:
        thread = threading.Thread(target=send, args=(sock, edge_cases.client_bytes(case)), daemon=True)
        thread.start()
        if case.get("half_close"):
            thread.join()
            sock.shutdown(socket.SHUT_WR)
        got = b""
        sock.settimeout(QUIET * (8 if len(edge_cases.client_bytes(case)) > 10000 else 1))
        try:
            while True:
                data = sock.recv(65536)
                if not data:
                    return got, True
                got += data
        except socket.timeout:
            return got, False
        except OSError:
            return got, True


def objects(port):
    """A route to a Service of this port's own, so that no connection of another case is used for it."""
    name = "b%d" % port
    routes = [
        {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": {"name": "gw"},
         "spec": {"gatewayClassName": "x", "listeners": [{"name": "http", "port": 80, "protocol": "HTTP"}]}},
        {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": "r"},
         "spec": {"parentRefs": [{"name": "gw"}], "hostnames": ["a.test"],
                  "rules": [{"backendRefs": [{"name": name, "port": 80}]}]}}]
    addresses = [
        {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
         "metadata": {"name": name, "labels": {"kubernetes.io/service-name": name}},
         "ports": [{"port": port}], "endpoints": [{"addresses": ["127.0.0.1"]}]}]
    return routes, addresses


def write(path, items):
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"apiVersion": "v1", "kind": "List", "items": items}, file)


def run(cases):
    """One proxy for some of the cases; what came out of each, and what is wrong with its end."""
    results, serve = [], None
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("routes.json", "addresses.json")]
        for case in cases:
            response = edge_cases.expand(case["response"]) if "response" in case else None
            backend = Backend(response, bool(case.get("upstream_closes")) or response is not None)
            for path, items in zip(paths, objects(backend.port)):
                write(path, items)
            if serve:
                serve.reload()
            else:
                serve = Serve(paths[0], "--workers=1", "--backends=" + paths[1])
            client, closed = ask(serve.address(), case)
            backend.socket.close()
            results.append((case, Seen(case, client, closed, backend.wires)))
        return results, serve.stop() if serve else []


def main():
    words = [w for w in sys.argv[1:] if not w.startswith("-")]
    tally = Tally("edge-wire")
    try:
        import yaml
        with open(edge_cases.LIST, encoding="utf-8") as file:
            cases = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["cases"]
    except FileNotFoundError:
        tally.skip("edge cases", "there is no ../shared/reference/http-edge-cases.yaml")
        tally.finish()
    cases = [case for case in cases if not words or case["id"] in words]
    results = []
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for seen, wrong in pool.map(lambda n: run(cases[n::8]), range(8)):
            results += seen
            tally.check("the end of the proxy", not wrong, "\n".join(wrong))
    preferred = 0
    for case, seen in sorted(results, key=lambda r: r[0]["id"]):
        preferred += case["choose"] in edge_cases.outcomes(case, seen)
        told = edge_cases.complaints(case, seen)
        tally.check(case["id"], not told, "\n".join(told))
    print("%d of %d cases end as recommended" % (preferred, len(cases)))
    tally.finish()


if __name__ == "__main__":
    main()
