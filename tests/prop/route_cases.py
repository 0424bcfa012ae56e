#!/usr/bin/env python3
"""The request cases of the conformance tests of Gateway API, against the router alone.

What a case expects of a real gateway, its backends and its certificates is worked out from the decision:
which backend answers, what it sees of the request, what the client sees of the answer, whether a
handshake succeeds. No socket is opened. Retries and timeouts are played with the delays and failures that
the request asks the echo server for.

usage: route_cases.py [--cases FILE] [--manifests DIRECTORY] [-v]

Prints a line a test with -v, and totals a profile.
"""

import argparse
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

import yaml  # noqa: E402

import program  # noqa: E402
from tally import Tally  # noqa: E402

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
OLD, NEW = "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z"
ADDRESS = "192.0.2.10"
RPCS = ("Echo", "EchoTwo")


class Wrong(Exception):
    """What differs from the expectation."""


def need(condition, text, *values):
    if not condition:
        raise Wrong(text % values)


# ---- the world ----

class World:
    """Objects of one test, and what stands behind its Services."""

    def __init__(self, cases, manifests, test):
        self.cases, self.test = cases, test
        self.objects = []
        for name in ["base.yaml"] + [os.path.basename(m) for m in test["manifests"]]:
            with open(os.path.join(manifests, name), encoding="utf-8") as file:
                text = file.read().replace("{GATEWAY_CLASS_NAME}", "gateway-conformance")
            self.objects += [o for o in yaml.load_all(text, LOADER) if o]
        for item in self.objects:
            item.setdefault("metadata", {})["creationTimestamp"] = OLD
        self.objects += CERTIFICATES.objects(cases)
        self.services = {(s["namespace"], s["name"]): s
                         for s in cases["base"]["services"] + test.get("extraServices", [])}

    def find(self, kind, name):
        for item in self.objects:
            meta = item["metadata"]
            if item["kind"] == kind and "%s/%s" % (meta.get("namespace", "default"), meta["name"]) == name:
                return item
        raise Wrong("no %s %s to change" % (kind, name))

    def mutate(self, change):
        kind, name, spec = change["kind"], change["object"], change.get("spec")
        if change["op"] == "Create":
            namespace, short = name.split("/")
            self.objects.append({
                "apiVersion": "gateway.networking.k8s.io/v1", "kind": kind, "spec": spec,
                "metadata": {"namespace": namespace, "name": short, "creationTimestamp": NEW}})
        elif change["op"] == "Delete":
            self.objects.remove(self.find(kind, name))
        elif kind == "EndpointSlice":
            endpoints = self.find(kind, name)
            endpoints["endpoints"] = [{"addresses": ["192.0.2.20"], "conditions": {"ready": True}}]
            words = spec.split(" ")
            service = endpoints["metadata"]["labels"]["kubernetes.io/service-name"]
            self.services[(name.split("/")[0], service)]["workload"] = {
                "deployment": words[words.index("Deployment") + 1]}
        else:
            self.find(kind, name)["spec"] = spec

    def write(self, path):
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"apiVersion": "v1", "kind": "List", "items": self.objects}, file)

    def workload(self, backend):
        service = self.services.get((backend.get("namespace"), backend["name"]), {})
        port = next((p for p in service.get("ports", []) if p["port"] == backend.get("port")), {})
        return service.get("workload", {}), port

    def speaks_tls(self, backend):
        """The name of the certificate that the backend shows; None: it speaks plainly."""
        workload, port = self.workload(backend)
        if "TLS_SERVER_CERT" not in workload.get("env", {}) or port.get("targetPort") != 8443:
            return None
        return "Secret", backend["namespace"], workload["secretVolume"][0]

    def certificate(self, key):
        return next((c for c in self.cases["certificates"]
                     if (c["kind"], c["namespace"], c["name"]) == key), {})

    def signers(self, authorities):
        """What the bundles of a list like "ConfigMap ns/name" contain."""
        parts = [a.replace("/", " ").split(" ") for a in authorities if " " in a]
        return [self.certificate(tuple(p)).get("ca") for p in parts]


class Certificates:
    """Self-signed ones in place of those that the suite makes; who signed what is in the table."""

    def __init__(self):
        self.made = {}

    def pem(self, names):
        key = tuple(names)
        if key not in self.made:
            self.made[key] = self.make(names)
        return self.made[key]

    @staticmethod
    def make(names):
        extension = ",".join(
            ("URI:" if "://" in n else "DNS:") + n for n in names) or "DNS:client.invalid"
        with tempfile.TemporaryDirectory() as folder:
            files = [os.path.join(folder, "crt"), os.path.join(folder, "key")]
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                 "-nodes", "-days", "3650", "-subj", "/CN=test", "-addext",
                 "subjectAltName=" + extension, "-out", files[0], "-keyout", files[1]],
                check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL)
            return [open(f, encoding="ascii").read() for f in files]

    def objects(self, cases):
        for entry in cases["certificates"]:
            meta = {"namespace": entry["namespace"], "name": entry["name"]}
            crt, key = self.pem(entry.get("names") or [])
            if entry["kind"] == "Secret":
                yield {"apiVersion": "v1", "kind": "Secret", "metadata": meta,
                       "type": "kubernetes.io/tls", "stringData": {"tls.crt": crt, "tls.key": key}}
            else:
                yield {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta,
                       "data": {"ca.crt": crt}}


CERTIFICATES = Certificates()


# ---- asking ----

class Router:
    def __init__(self, world):
        self.world = world
        self.file = tempfile.NamedTemporaryFile(suffix=".json", delete=False)
        world.write(self.file.name)
        self.process = subprocess.Popen(
            [os.path.join(os.environ["I2G_BUILD"], "tests", "prop", "route_ask"), self.file.name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=program.ENVIRONMENT)

    def ask(self, fields):
        line = "\t".join("%s=%s" % f for f in fields if f[1] is not None)
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise Wrong("route_ask ended: " + self.process.stderr.read())
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        status = self.process.wait()
        errors = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        os.unlink(self.file.name)
        need(status == 0, "route_ask ended with status %d: %s", status, errors)


def request_of(case):
    request, tls = case.get("request") or {}, case.get("tls")
    headers = dict(request.get("headers") or request.get("metadata") or {})
    grpc = case["kind"] == "grpc" or case.get("protocol") == "grpc"
    version = "2" if grpc or request.get("protocol") in ("H2", "H2C_PRIOR_KNOWLEDGE") else None
    host = request.get("authority") if grpc else request.get("host")
    sets = ",".join("%s:%s" % h for h in (request.get("echoSetHeaders") or {}).items())
    fields = [
        ("gateway", case["gateway"]), ("port", case["port"]),
        ("tls", "1" if tls else None), ("sni", tls.get("sni") if tls else None),
        ("version", version),
        ("method", "POST" if grpc else request.get("method", "GET")),
        ("target", request.get("method") if grpc else request.get("path", "/")),
        ("authority", host or ADDRESS),
    ]
    if grpc:
        headers["content-type"] = "application/grpc"
    elif sets:
        headers["X-Echo-Set-Header"] = sets
    for name, value in headers.items():
        for one in value if isinstance(value, list) else [value]:
            fields.append(("header", "%s: %s" % (name, one)))
    return fields, headers


def decide(router, case, transport=None):
    fields, headers = request_of(case)
    if transport:
        fields.append(("transport", transport))
    decision = router.ask(fields)
    client = (case.get("tls") or {}).get("clientCert")
    if client and client.startswith("secret:"):
        asked = router.ask(fields + [("client-certificate", "good")])
        namespace, name = client[len("secret:"):].split("#")[0].split("/")
        signer = router.world.certificate(("Secret", namespace, name))["signer"]
        known = router.world.signers(asked.get("handshake", {}).get("authorities", []))
        fields.append(("client-certificate", "good" if signer in known else "bad"))
        decision = router.ask(fields)
    return decision, headers


# ---- what the client gets ----

class Answer:
    def __init__(self, status, backend=None):
        self.status, self.backend = status, backend


def headers_after(edits, headers):
    """{lower name: value}, repeated ones joined with a bare comma."""
    after = {k.lower(): ",".join(v) if isinstance(v, list) else v for k, v in headers.items()}
    for edit in edits:
        name, value = edit["name"].lower(), edit.get("value", "")
        if edit["do"] == "remove":
            after.pop(name, None)
        elif edit["do"] == "add" and name in after:
            after[name] += "," + value
        else:
            after[name] = value
    return after


def seconds(text):
    factors = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
    unit = next(u for u in ("ms", "s", "m", "h") if text.endswith(u))
    return float(text[:-len(unit)]) * factors[unit]


def play_retries(decision, query):
    """/retry fails `succeedAfter` times; the router's rule says how often it is tried again."""
    retry = decision.get("retry", {"attempts": 0, "codes": []})
    code = int(query["responseCode"][0]) if "responseCode" in query else None
    fails, delay = int(query["succeedAfter"][0]), 0.0
    request_ms, backend_ms = decision.get("requestMs") or 0, decision.get("backendMs") or 0
    if "delayRetry" in query:
        delay = seconds(query["delayRetry"][0])
    for attempt in range(retry["attempts"] + 1):
        if request_ms and delay * (attempt + 1) * 1000 > request_ms:
            return 504
        if attempt >= fails:
            return 200
        if backend_ms and delay * 1000 > backend_ms:
            status = 504
        else:
            status = code if code is not None else 502
        if code is not None and status not in retry["codes"]:
            return status
    return status


def status_of_echo(decision, path, query):
    if path.startswith("/retry/") or "succeedAfter" in query:
        return play_retries(decision, query)
    if path.startswith("/status/"):
        return int(path.rsplit("/", 1)[1])
    if "delay" in query:
        limits = [decision[k] for k in ("requestMs", "backendMs") if decision.get(k)]
        if limits and seconds(query["delay"][0]) * 1000 > min(limits):
            return 504
    return 200


def handshake_fails(world, decision, backend):
    """Why the gateway and the backend do not come together; None when they do."""
    shown, tls = world.speaks_tls(backend), backend.get("tls")
    if decision.get("handshake", {}).get("passthrough"):
        return None if shown else "the client speaks TLS, the backend does not"
    workload, port = world.workload(backend)
    if bool(shown) != bool(tls):
        return "one speaks TLS, the other does not"
    if not shown:
        if port.get("targetPort") == 3001 and backend["protocol"] != "h2c":
            return "HTTP/1.1 at a port for h2c"
        return None
    certificate = world.certificate(shown)
    wanted = tls.get("names") or [tls.get("sni", "")]
    if certificate["signer"] not in world.signers(tls["authorities"]):
        return "signed by somebody else"
    if not any(name in certificate["names"] for name in wanted):
        return "for another name"
    if "TLS_CLIENT_CACERTS" in workload.get("env", {}) and not tls.get("clientCertificate"):
        return "no client certificate"
    return None


def answer_of(world, decision):
    """What comes back when the first backend with a share is chosen."""
    if decision["action"] != "forward":
        return Answer(decision.get("status"))
    backend = next(b for b in decision["backends"] if b["weight"])
    if "answered" in backend:
        return Answer(backend["answered"])
    if "problem" in backend:
        return Answer(backend["status"], None)
    if handshake_fails(world, decision, backend):
        return Answer(503)
    query = urllib.parse.parse_qs(backend.get("query", ""))
    return Answer(status_of_echo(decision, backend.get("path", "/"), query), backend)


def deployment(world, backend):
    workload, _ = world.workload(backend)
    return workload.get("deployment", backend["name"])


# ---- expectations ----

def check_backend(world, expect, backend):
    if "backend" in expect:
        got = deployment(world, backend)
        need(got.startswith(expect["backend"]), "backend %s, not %s", got, expect["backend"])
    if "neverBackend" in expect:
        got = deployment(world, backend)
        need(not got.startswith(expect["neverBackend"]), "backend %s", got)
    if expect.get("namespace"):
        need(backend["namespace"] == expect["namespace"], "namespace %s", backend["namespace"])


def check_echo(expect, backend, headers):
    echoed = expect.get("echoed") or {}
    target = backend["path"] + ("?" + backend["query"] if "query" in backend else "")
    if echoed.get("path"):
        need(target == echoed["path"], "the backend sees %s, not %s", target, echoed["path"])
    if echoed.get("host"):
        need(backend["host"] == echoed["host"], "the backend sees host %s, not %s", backend["host"],
             echoed["host"])
    if echoed.get("sni"):
        need(backend["tls"]["sni"] == echoed["sni"], "SNI %s", backend["tls"]["sni"])
    seen = headers_after(backend.get("requestHeaders", []), headers)
    for name, value in (echoed.get("headers") or {}).items():
        wanted = ",".join(value) if isinstance(value, list) else value
        need(seen.get(name.lower()) == wanted, "the backend sees %s: %s, not %s", name,
             seen.get(name.lower()), wanted)
    for name in echoed.get("absentHeaders") or []:
        need(name.lower() not in seen, "the backend sees %s", name)


def check_response(expect, case, decision, backend):
    wanted = expect.get("response") or {}
    sets = (case.get("request") or {}).get("echoSetHeaders") or {}
    edits = backend.get("responseHeaders", []) if backend else decision.get("responseHeaders", [])
    late = decision.get("lateResponseHeaders", []) + \
        (backend.get("lateResponseHeaders", []) if backend else [])
    seen = headers_after(edits + late, sets if backend else {})

    def same(got, value):
        if wanted.get("ignoreWhitespace"):
            got, value = got and got.replace(" ", ""), value.replace(" ", "")
        return got == value

    for name, value in (wanted.get("headers") or {}).items():
        value = ",".join(value) if isinstance(value, list) else value
        got = seen.get(name.lower())
        need(same(got, value), "the client sees %s: %s, not %s", name, got, value)
    for name, values in (wanted.get("validHeaderValues") or {}).items():
        got = seen.get(name.lower())
        need(any(same(got, v) for v in values), "the client sees %s: %s, not one of %s", name, got,
             values)
    for name in wanted.get("absentHeaders") or []:
        need(name.lower() not in seen, "the client sees %s", name)


def check_redirect(case, wanted, decision):
    location = urllib.parse.urlsplit(decision.get("location", ""))
    request = case.get("request") or {}
    scheme = wanted.get("scheme") or ("https" if case.get("tls") else "http")
    path = wanted.get("path") or request.get("path", "/").split("?")[0]
    usual = {"http": 80, "https": 443}[scheme]
    need(location.scheme == scheme, "Location %s: scheme", decision["location"])
    if wanted.get("host"):
        need(location.hostname == wanted["host"], "Location %s: host", decision["location"])
    if wanted.get("port"):
        need((location.port or usual) == int(wanted["port"]), "Location %s: port",
             decision["location"])
    else:
        need(location.port in (None, usual), "Location %s: port", decision["location"])
    need(location.path == path, "Location %s: path, not %s", decision["location"], path)


def check_mirrors(world, expect, decision):
    mirrors = [m for m in decision.get("mirrors", []) + decision["backends"][0].get("mirrors", [])
               if m["usable"]]
    for wanted in expect.get("mirroredTo") or []:
        found = [m for m in mirrors if deployment(world, m).startswith(wanted["backend"])
                 and m["namespace"] == wanted["namespace"]]
        need(found, "no mirror to %s", wanted["backend"])
        numerator, denominator = map(int, found[0]["copies"].split("/"))
        percent = wanted.get("percent") or 100
        need(numerator * 100 == percent * denominator, "mirrors %s", found[0]["copies"])


def check_http(world, router, case):
    decision, headers = decide(router, case)
    expect = case["expect"]
    if (case.get("tls") or {}).get("clientCertMustBeRequested"):
        need(decision.get("handshake", {}).get("clientCertificate") in ("optional", "required"),
             "no client certificate is asked for")
    need(decision["action"] != "close", "the connection is closed")
    if decision.get("handshake", {}).get("passthrough"):
        path, _, query = case["request"]["path"].partition("?")
        for backend in decision.get("backends", []):
            backend.update({"path": path, "host": case["request"]["host"]})
            backend.update({"query": query} if query else {})
    answer = answer_of(world, decision)
    wanted = set(expect["status"])
    if wanted & {408, 504}:
        wanted |= {408, 504}
    need(answer.status in wanted, "status %s, not %s", answer.status, sorted(wanted))
    if "redirect" in expect:
        check_redirect(case, expect["redirect"], decision)
    if answer.status not in (200, 204):
        return
    check_response(expect, case, decision, answer.backend)
    if answer.backend is None:
        need(not expect.get("namespace"), "the gateway answers by itself")
        return
    need(expect.get("namespace") != "" or "namespace" not in expect, "a backend answers")
    weights = [b for b in decision["backends"] if b["weight"]]
    if len(weights) == 1:
        check_backend(world, expect, answer.backend)
    for backend in weights:
        if "problem" not in backend:
            check_echo(expect, backend, headers)
    check_mirrors(world, expect, decision)


def check_http_failure(world, router, case):
    decision, _ = decide(router, case)
    need(decision["action"] != "close", "the connection is closed")
    status = answer_of(world, decision).status
    need(status not in set(case["expect"].get("statusNot", [])) | {200}, "status %s", status)


def check_https_failure(world, router, case):
    decision, _ = decide(router, case)
    need(decision["action"] == "close", "action %s", decision["action"])


def check_reject(world, router, case):
    decision, _ = decide(router, case, "tls")
    need(decision["action"] == "close", "action %s", decision["action"])


def check_grpc(world, router, case):
    decision, headers = decide(router, case)
    expect = case["expect"]
    method = case["request"]["method"].rsplit("/", 1)[1]
    if decision["action"] != "forward":
        need(decision.get("grpcStatus") == expect["code"], "gRPC status %s, not %s",
             decision.get("grpcStatus"), expect["code"])
        return
    backend = next(b for b in decision["backends"] if b["weight"])
    need(backend["protocol"] in ("grpc", "h2c"), "protocol %s", backend["protocol"])
    got = 14 if "problem" in backend else 0 if method in RPCS else 12
    need(got == expect["code"], "gRPC status %d, not %d", got, expect["code"])
    if got == 0:
        check_backend(world, expect, backend)
        check_echo(expect, backend, headers)


def check_distribution(world, router, case):
    decision, _ = decide(router, case)
    need(decision["action"] == "forward", "action %s", decision["action"])
    total = sum(b["weight"] for b in decision["backends"])
    shares = collections.Counter()
    for backend in decision["backends"]:
        shares[deployment(world, backend)] += backend["weight"] / total
    for name, share in case["expect"]["weights"].items():
        got = shares.get(name, 0)
        need(abs(got - share) <= (case.get("tolerance", 0.05) if share else 0), "%s gets %s, not %s",
             name, got, share)


def check_tcp(world, router, case):
    decision, _ = decide(router, case, "tls" if case.get("tls") else "tcp")
    expect = case["expect"]
    need(decision["action"] == "forward", "action %s", decision["action"])
    backend = next(b for b in decision["backends"] if b["weight"])
    need("problem" not in backend, "%s", backend.get("problem"))
    check_backend(world, expect, backend)
    passthrough = decision.get("handshake", {}).get("passthrough", False)
    if "backendIsTLS" in expect:
        shown = world.speaks_tls(backend) is not None
        need(shown == expect["backendIsTLS"], "the backend %s TLS", "sees" if shown else "sees no")
        need(shown == (passthrough or "tls" in backend), "they do not come together")
    if expect.get("backendSNI"):
        sni = case["tls"]["sni"] if passthrough else backend.get("tls", {}).get("sni")
        need(sni == expect["backendSNI"], "SNI %s", sni)


def check_udp(world, router, case):
    decision, _ = decide(router, case, "udp")
    expect = case["expect"]
    need(decision["action"] == "forward", "action %s", decision["action"])
    backend = next(b for b in decision["backends"] if b["weight"])
    need("problem" not in backend, "%s", backend.get("problem"))
    if expect.get("service"):
        need(backend["name"] == expect["service"], "service %s", backend["name"])
    check_backend(world, expect, backend)


def check_websocket(world, router, case):
    decision, _ = decide(router, case)
    answer = answer_of(world, decision)
    need(answer.status == 200, "status %s", answer.status)
    need(answer.backend["protocol"] in ("http", "ws"), "protocol %s", answer.backend["protocol"])


CHECKS = {
    "http": check_http, "https": check_http, "http-repeat": check_http,
    "http-failure": check_http_failure, "https-failure": check_https_failure,
    "tls-reject": check_reject, "grpc": check_grpc, "distribution": check_distribution,
    "tcp": check_tcp, "tcp-open": check_tcp, "tcp-repeat": check_tcp,
    "udp": check_udp, "udp-repeat": check_udp, "dns": check_udp, "websocket": check_websocket,
}


# ---- running ----

def run_test(cases, manifests, test):
    """[(case id, complaint or None)]"""
    world = World(cases, manifests, test)
    changes = list(test.get("mutations") or [])
    router, results = None, []
    for number, case in enumerate(test["cases"], 1):
        now = [c for c in changes if c.get("beforeCase", 1) <= number]
        if now or router is None:
            if router:
                router.close()
            for change in now:
                world.mutate(change)
                changes.remove(change)
            router = Router(world)
        try:
            CHECKS[case["kind"]](world, router, case)
            results.append((case["id"], None))
        except Wrong as wrong:
            results.append((case["id"], str(wrong)))
    if router:
        router.close()
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    folder = os.path.join(program.SHARED, "conformance")
    parser.add_argument("--cases", default=os.path.join(folder, "cases.json"))
    parser.add_argument("--manifests", default=None)
    parser.add_argument("-v", action="store_true", dest="verbose")
    args = parser.parse_args()
    tally = Tally("prop")
    if not os.path.exists(args.cases):
        tally.skip("conformance", "%s is not there: no case was tried" % args.cases)
        tally.finish()
    if not shutil.which("openssl"):
        tally.skip("conformance", "no openssl to make certificates with: no case was tried")
        tally.finish()
    manifests = args.manifests or os.path.join(os.path.dirname(args.cases), "manifests")
    with open(args.cases, encoding="utf-8") as file:
        cases = json.load(file)
    tests = [t for t in cases["tests"] if t.get("plane") == "data" and t["cases"]]
    profiles = collections.defaultdict(lambda: [0, 0, 0, 0])
    for test in tests:
        try:
            results = run_test(cases, manifests, test)
        except (OSError, KeyError, Wrong) as error:
            results = [(test["name"], "%s: %s" % (type(error).__name__, error))]
        wrong = [r for r in results if r[1]]
        for name, complaint in results:
            tally.check(name, complaint is None, complaint or "")
        if args.verbose:
            print("%-60s %3d of %3d" % (test["name"], len(results) - len(wrong), len(results)))
        for profile in list(test.get("profiles") or {"(none)": ""}):
            for i, count in enumerate([not wrong, 1, len(results) - len(wrong), len(results)]):
                profiles[profile][i] += count
    for profile, counts in sorted(profiles.items()):
        print("%-14s %3d of %3d tests, %3d of %3d cases" % ((profile,) + tuple(counts)))
    tally.finish()


if __name__ == "__main__":
    main()
