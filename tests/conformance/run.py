#!/usr/bin/env python3
"""The request cases of the conformance tests of Gateway API, sent to `ingress2gw serve`.

One proxy runs through all tests: the objects of each test are written into the file it serves, and it
reloads. Backends are echo servers of this directory, given to it as EndpointSlices.

usage: run.py [--cases FILE] [--manifests DIRECTORY] [-v] [TEST...]

Prints a line a test with -v, and totals a profile.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import socket
import ssl
import sys
import tempfile
import time
import urllib.parse
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "serve"), os.path.join(HERE, "..", "prop"), os.path.dirname(HERE)]

import echo  # noqa: E402
import http2  # noqa: E402
import program  # noqa: E402
import route_cases  # noqa: E402
from authority import Authority  # noqa: E402
from route_cases import World, Wrong, need  # noqa: E402
from server import Serve, Wire, request  # noqa: E402
from tally import Tally  # noqa: E402


class Backends:
    """A server for each port of each workload that a test knows."""

    def __init__(self, authority):
        self.authority, self.memory, self.servers = authority, echo.Memory(), {}

    def start(self, namespace, service, port):
        workload = service["workload"]
        env = workload.get("env", {})
        place = {"namespace": namespace, "service": service["name"], "deployment": workload["deployment"],
                 "port": port["targetPort"], "grpc": "GRPC_ECHO_SERVER" in env}
        if port.get("protocol") == "UDP":
            return echo.UdpServer(place)
        context, handler = None, echo.Handler
        if port["targetPort"] == 8443 and "TLS_SERVER_CERT" in env:
            context = self.authority.server(namespace, workload["secretVolume"][0], "TLS_CLIENT_CACERTS" in env)
        if "TCP_ECHO_SERVER" in env:
            handler = echo.TcpHandler
        elif place["grpc"] or port["targetPort"] == 3001:
            handler = echo.H2Handler
        return echo.Server(place, self.memory, handler, context)

    def port(self, namespace, service, port):
        key = namespace, service["workload"]["deployment"], service["name"], port["port"]
        if key not in self.servers:
            self.servers[key] = self.start(namespace, service, port)
        return self.servers[key].port

    def objects(self, world):
        """Services, and their EndpointSlices with the addresses of the servers."""
        for (namespace, name), service in world.services.items():
            if "workload" not in service:
                continue
            meta = {"namespace": namespace, "name": name}
            yield {"apiVersion": "v1", "kind": "Service", "metadata": meta,
                   "spec": {"ports": service["ports"]}}
            for i, port in enumerate(service["ports"]):
                yield {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
                       "metadata": {"namespace": namespace, "name": "%s-%d" % (name, i),
                                    "labels": {"kubernetes.io/service-name": name}},
                       "addressType": "IPv4",
                       "ports": [{"name": port.get("name", ""), "protocol": port.get("protocol", "TCP"),
                                  "port": self.port(namespace, service, port)}],
                       "endpoints": [{"addresses": ["127.0.0.1"], "conditions": {"ready": True}}]}


class Bench:
    """The proxy, its files and its backends."""

    def __init__(self, cases, manifests):
        self.cases, self.manifests = cases, manifests
        self.folder = tempfile.TemporaryDirectory()
        self.routes = os.path.join(self.folder.name, "routes.json")
        self.addresses = os.path.join(self.folder.name, "addresses.json")
        self.authority = route_cases.CERTIFICATES = Authority(cases)
        self.backends = Backends(self.authority)
        self.serve = None

    def set_up(self, test):
        self.world = World(self.cases, self.manifests, test)
        return self.world

    def publish(self):
        self.world.write(self.routes)
        with open(self.addresses, "w", encoding="utf-8") as file:
            json.dump({"apiVersion": "v1", "kind": "List",
                       "items": list(self.backends.objects(self.world))}, file)
        if self.serve:
            self.serve.reload()
        else:
            self.serve = Serve(self.routes, "--backends=" + self.addresses, "--workers=2",
                               "--gateway-addresses=loopback", "--listen=127.0.0.1:0")

    def address(self, case):
        found = self.serve.binds.get((case["gateway"], case["port"]))
        need(found, "nothing listens for %s port %s", case["gateway"], case["port"])
        return found

    def close(self):
        complaints = self.serve.stop() if self.serve else []
        self.folder.cleanup()
        self.authority.close()
        return complaints


# ---- one request ----

def headers_of(wanted):
    headers = [(n, v) for n, vs in (wanted.get("headers") or {}).items()
               for v in (vs if isinstance(vs, list) else [vs])]
    sets = ",".join("%s:%s" % h for h in (wanted.get("echoSetHeaders") or {}).items())
    return headers + [("X-Echo-Set-Header", sets), ("User-Agent", "conformance"), ("Accept-Encoding", "gzip")]


def connect(bench, case, protocols=None):
    """A socket, with the handshake of the case if it has one."""
    plain = socket.create_connection(bench.address(case), 10)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    tls = case.get("tls")
    if not tls:
        return plain
    try:
        return bench.authority.client(tls, protocols).wrap_socket(plain, server_hostname=tls.get("sni"))
    except OSError:
        plain.close()
        raise


def send_h2(bench, case, path):
    wanted = case.get("request") or {}
    secure = bool(case.get("tls"))
    with connect(bench, case, ["h2", "http/1.1"]) as sock:
        need(not secure or sock.selected_alpn_protocol() == "h2", "HTTP/2 was not agreed on")
        return http2.Client(sock).ask(wanted.get("method", "GET"), path,
                                      wanted.get("host") or bench.address(case)[0], headers_of(wanted),
                                      scheme="https" if secure else "http")


def send(bench, case, path):
    wanted = case.get("request") or {}
    if wanted.get("protocol") in ("H2", "H2C_PRIOR_KNOWLEDGE"):
        return send_h2(bench, case, path)
    host = wanted.get("host") or bench.address(case)[0]
    body = wanted.get("body")
    with Wire(None, timeout=10, sock=connect(bench, case)) as wire:
        wire.send(request(host, path, wanted.get("method", "GET"), headers_of(wanted),
                          body.encode() if body else None, close=True))
        return wire.answer(wanted.get("method", "GET"))


def call(bench, case):
    """A gRPC call: its status, and what the backend said."""
    wanted = case.get("request") or {}
    headers = [(n, v) for n, v in (wanted.get("metadata") or {}).items()]
    with connect(bench, case) as sock:
        answer = http2.Client(sock).ask(
            "POST", wanted["method"], wanted.get("authority") or bench.address(case)[0],
            headers + [("content-type", "application/grpc"), ("te", "trailers")], http2.message(b"{}"))
    code = answer.get("grpc-status")
    need(answer.status == 200 and code is not None, "status %s, grpc-status %s", answer.status, code)
    return int(code.split(",")[0]), json.loads(answer.body[5:] or b"{}")


def statuses(expect):
    listed = set(expect.get("status") or [200])
    return listed | {408, 504} if listed & {408, 504} else listed


def echoed_by(answer):
    if answer.get("Content-Type") != "application/json":
        return {}
    try:
        return json.loads(answer.body)
    except ValueError:
        return {}


def joined(value):
    return ",".join(value) if isinstance(value, list) else value


def check_echo(expect, said):
    if "namespace" in expect:
        need(said.get("namespace", "") == expect["namespace"], "namespace %r", said.get("namespace"))
    if expect.get("backend"):
        need(said.get("pod", "").startswith(expect["backend"]), "pod %r", said.get("pod"))
    if "neverBackend" in expect:
        need(not said.get("pod", "").startswith(expect["neverBackend"]), "pod %r", said.get("pod"))
    echoed = expect.get("echoed") or {}
    for key in ("path", "host", "method"):
        if echoed.get(key):
            need(said.get(key) == echoed[key], "the backend saw %s %r, not %r", key, said.get(key), echoed[key])
    if echoed.get("sni"):
        got = said.get("tls", {}).get("serverName")
        need(got == echoed["sni"], "the backend saw server name %r", got)
    if echoed.get("clientCert"):
        need(said.get("tls", {}).get("peerCertificates"), "the backend saw no client certificate")
    seen = {k.lower(): ",".join(v) for k, v in said.get("headers", {}).items()}
    for name, value in (echoed.get("headers") or {}).items():
        need(seen.get(name.lower()) == joined(value), "the backend saw %s: %r", name, seen.get(name.lower()))
    for name in echoed.get("absentHeaders") or []:
        need(name.lower() not in seen, "the backend saw %s", name)


def check_response(expect, answer):
    wanted = expect.get("response") or {}

    def plain(text):
        return text.replace(" ", "") if wanted.get("ignoreWhitespace") and text else text

    for name, value in (wanted.get("headers") or {}).items():
        need(plain(answer.get(name)) == plain(joined(value)), "%s: %r, not %r", name, answer.get(name), value)
    for name, values in (wanted.get("validHeaderValues") or {}).items():
        need(plain(answer.get(name)) in [plain(v) for v in values], "%s: %r", name, answer.get(name))
    for name in wanted.get("absentHeaders") or []:
        need(answer.get(name) is None, "%s: %r", name, answer.get(name))


def check_redirect(case, wanted, answer):
    text = answer.get("Location") or ""
    location, path = urllib.parse.urlsplit(text), case["request"].get("path", "/").split("?")[0]
    scheme = wanted.get("scheme") or ("https" if case.get("tls") else "http")
    usual = {"http": 80, "https": 443}[scheme]
    need(location.scheme == scheme, "Location %s: scheme", text)
    need(not wanted.get("host") or location.hostname == wanted["host"], "Location %s: host", text)
    port = int(wanted["port"]) if wanted.get("port") else usual
    need((location.port or usual) == port, "Location %s: port", text)
    need(location.path == (wanted.get("path") or path), "Location %s: path", text)


def check_answer(case, path, answer):
    expect = json.loads(json.dumps(case["expect"]).replace("{uuid}", path.split("uuid=")[-1].split("&")[0]))
    need(answer.status in statuses(expect), "status %d, not %s", answer.status, sorted(statuses(expect)))
    if answer.status in (200, 204):
        check_echo(expect, echoed_by(answer))
        check_response(expect, answer)
    if expect.get("redirect"):
        check_redirect(case, expect["redirect"], answer)


def once(bench, case):
    path = (case.get("request") or {}).get("path", "/").replace("{uuid}", uuid.uuid4().hex)
    check_answer(case, path, send(bench, case, path))


# ---- kinds of cases ----

def check_http(bench, case):
    for _ in range(3):
        once(bench, case)
    for mirror in case["expect"].get("mirroredTo") or []:
        check_mirror(bench, case, mirror)


def mirrored(bench, case, mirror):
    return bench.backends.memory.count(mirror["namespace"], mirror["backend"], case["request"]["path"])


def check_mirror(bench, case, mirror):
    plan = case.get("mirrorDistribution")
    before = mirrored(bench, case, mirror)
    if not plan:
        end = time.monotonic() + 10
        while not mirrored(bench, case, mirror):
            need(time.monotonic() < end, "no copy at %s", mirror["backend"])
            time.sleep(0.01)
        return
    total, share = plan["totalRequests"], mirror["percent"] / 100
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: once(bench, case), range(total)))
    time.sleep(0.2)
    got = mirrored(bench, case, mirror) - before
    need(abs(got - total * share) <= plan["toleranceStdDevs"] * (total * share * (1 - share)) ** 0.5 + 1,
         "%d of %d were mirrored", got, total)


def check_distribution(bench, case):
    counts = collections.Counter()

    def pod(_):
        if case.get("protocol") == "grpc":
            return call(bench, case)[1].get("pod", "")
        return echoed_by(send(bench, case, case["request"].get("path", "/"))).get("pod", "")

    with concurrent.futures.ThreadPoolExecutor(case["concurrency"]) as pool:
        for name in pool.map(pod, range(case["requests"])):
            counts[name.rsplit("-", 2)[0]] += 1
    for name, weight in case["expect"]["weights"].items():
        share = counts[name] / case["requests"]
        need(abs(share - weight) <= case["tolerance"] and (weight or not share), "%s got %.3f", name, share)


def check_failure(bench, case):
    for _ in range(5):
        answer = send(bench, case, case["request"].get("path", "/"))
        need(answer.status not in (200, 408, 504), "status %d", answer.status)


def frame(kind, data):
    """A masked frame of a client; the mask is all zero."""
    return bytes([0x80 | kind, 0x80 | len(data), 0, 0, 0, 0]) + data


def check_websocket(bench, case):
    with Wire(bench.address(case), timeout=10) as wire:
        wire.send(request(bench.address(case)[0], case["request"]["path"], headers=[
            ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]))
        need(wire.answer().status == 101, "no upgrade")
        for part in case["request"]["frames"]:
            kind, data = (1, part["text"].encode()) if "text" in part else (2, bytes.fromhex(part["binaryHex"]))
            wire.send(frame(kind, data))
            need(wire.exactly(2 + len(data)) == bytes([0x80 | kind, len(data)]) + data, "another frame came back")


def check_grpc(bench, case):
    expect = case["expect"]
    for _ in range(3):
        code, said = call(bench, case)
        need(code == expect["code"], "grpc-status %d, not %d", code, expect["code"])
        if not code:
            need(said["path"] == case["request"]["method"], "the backend saw %s", said["path"])
            check_echo({k: v for k, v in expect.items() if k in ("namespace", "backend")}, said)


def check_no_answer(bench, case):
    if (case["gateway"], case["port"]) not in bench.serve.binds:
        return
    try:
        answer = send(bench, case, case["request"].get("path", "/"))
    except (OSError, EOFError):
        return
    raise Wrong("status %d" % answer.status)


def check_reject(bench, case):
    try:
        connect(bench, case).close()
    except (ssl.SSLEOFError, ConnectionResetError, EOFError):
        return
    except ssl.SSLError as error:
        raise Wrong(str(error)) from error
    raise Wrong("the handshake was made")


def talk(bench, case):
    """The dialogue with a TCP backend: what TEST says, and what IS_TLS does."""
    with connect(bench, case) as sock, sock.makefile("rwb") as file:
        need(file.readline(), "no welcome")
        said = []
        for word in (b"PING", b"IS_TLS", b"TEST"):
            file.write(word + b"\n")
            file.flush()
            said.append(file.readline().strip())
        need(said[0] == b"PONG", "%r instead of PONG", said[0])
        return json.loads(said[2]), said[1] == b"true"


def check_tcp(bench, case):
    expect = case["expect"]
    for _ in range(case.get("repeat", 3)):
        said, secure = talk(bench, case)
        need("backendIsTLS" not in expect or secure == expect["backendIsTLS"], "TLS %s", secure)
        check_echo({k: v for k, v in expect.items() if k in ("namespace", "backend", "neverBackend")}, said)
        if expect.get("backendSNI"):
            need(said["tls"]["serverName"] == expect["backendSNI"], "server name %s", said["tls"]["serverName"])


def check_open(bench, case):
    connect(bench, case).close()


def exchange(bench, case, payload):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(5)
        sock.connect(bench.address(case))
        sock.send(payload)
        return sock.recv(65536)


def check_udp(bench, case):
    expect = case["expect"]
    for _ in range(case.get("repeat", 3)):
        said = json.loads(exchange(bench, case, (case.get("request") or {}).get("payload", "x").encode()))
        for key in ("service", "namespace"):
            need(not expect.get(key) or said[key] == expect[key], "%s %s", key, said[key])
        need(not expect.get("neverService") or said["service"] != expect["neverService"], "service %s", said["service"])
        check_echo({k: v for k, v in expect.items() if k in ("backend", "neverBackend")}, said)


def check_dns(bench, case):
    question = b"\x12\x34\x01\x00\0\1\0\0\0\0\0\0\3foo\3bar\3com\0\0\1\0\1"
    need(exchange(bench, case, question)[:4] == b"\x12\x34\x81\x80", "no answer to the question")


KINDS = {"http": check_http, "https": check_http, "http-repeat": check_http, "websocket": check_websocket,
         "distribution": check_distribution, "http-failure": check_failure, "https-failure": check_no_answer,
         "grpc": check_grpc, "tls-reject": check_reject, "tcp": check_tcp, "tcp-repeat": check_tcp,
         "tcp-open": check_open, "udp": check_udp, "udp-repeat": check_udp, "dns": check_dns}


# ---- all of them ----

def run_test(bench, tally, test, verbose):
    world = bench.set_up(test)
    changes, wrong, fresh = list(test.get("mutations", [])), [], True
    for number, case in enumerate(test["cases"], 1):
        while changes and changes[0]["beforeCase"] <= number:
            world.mutate(changes.pop(0))
            fresh = True
        try:
            if fresh:
                bench.publish()
            fresh = False
            KINDS[case["kind"]](bench, case)
            tally.ok()
        except (Wrong, AssertionError, OSError, EOFError, ValueError) as error:
            wrong.append("%s: %s" % (case["id"], error))
    for text in wrong:
        tally.fail(text)
    if verbose:
        print("%-6s %s" % ("FAILED" if wrong else "ok", test["name"]))
    return not wrong


def main():
    shared = os.path.join(program.SHARED, "conformance")
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", default=os.path.join(shared, "cases.json"))
    parser.add_argument("--manifests", default=os.path.join(shared, "manifests"))
    parser.add_argument("-v", action="store_true", dest="verbose")
    parser.add_argument("tests", nargs="*")
    args = parser.parse_args()
    tally = Tally("conformance")
    if not os.path.exists(args.cases):
        tally.skip("conformance cases", "no file " + args.cases)
        tally.finish()
    with open(args.cases, encoding="utf-8") as file:
        cases = json.load(file)
    bench, totals = Bench(cases, args.manifests), collections.defaultdict(collections.Counter)
    for test in cases["tests"]:
        if test["plane"] != "data" or (args.tests and test["name"] not in args.tests):
            continue
        if bench.serve and bench.serve.child.poll() is not None:
            break
        passed = run_test(bench, tally, test, args.verbose)
        for profile in test["profiles"]:
            totals[profile]["passed" if passed else "failed"] += 1
    complaints = bench.close()
    if complaints:
        tally.fail("the proxy", "\n".join(complaints))
    for profile, counts in sorted(totals.items()):
        print("%-14s %s" % (profile, ", ".join("%d %s" % (n, k) for k, n in sorted(counts.items()))))
    tally.finish()


if __name__ == "__main__":
    main()
