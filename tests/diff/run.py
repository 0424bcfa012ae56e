#!/usr/bin/env python3
"""diff on real sockets: a real nginx, laid out as ingress-nginx, is the live Ingress; `serve` inside of diff, or a
second nginx, is the candidate.

usage: tests/diff/run.py [-v] [NAME...]

Ends with "N passed, N failed".
"""

import contextlib
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.path.insert(0, HERE)

import counter  # noqa: E402
import live  # noqa: E402
import nginx_server  # noqa: E402
import program  # noqa: E402
import tally  # noqa: E402

tests = tally.Tally("diff")
PATIENCE = 60


class Run:
    """One call of diff; `json` is its result when -o json=FILE was asked for."""

    def __init__(self, *args, stdin=None, timeout=300):
        self.args = list(args)
        done = subprocess.run([program.binary(), "diff"] + self.args, input=stdin, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=program.ENVIRONMENT, timeout=timeout,
                              **({} if stdin is not None else {"stdin": subprocess.DEVNULL}))
        self.status, self.out, self.err = done.returncode, done.stdout.decode(), done.stderr.decode()

    def __str__(self):
        return "status %d\n%s\n%s" % (self.status, self.out[-4000:], self.err[-4000:])


class Case:
    """A set of Ingresses in a directory, with the certificate that both sides have."""

    pair = None

    def __init__(self, text):
        if not Case.pair:
            Case.pair = live.make_certificate(["*.example.com", "example.com"])
        self.documents = [d for d in yaml.safe_load_all(text) if d]
        spaces = {d["metadata"].get("namespace", "default") for d in self.documents if d["kind"] == "Ingress"}
        self.extra = [live.secret(space, "tls", Case.pair) for space in sorted(spaces)]
        self.dir = tempfile.TemporaryDirectory(prefix="i2g-diff-")
        with open(self.path("in.yaml"), "w", encoding="utf-8") as file:
            file.write(live.dump(self.documents + self.extra))

    def path(self, name):
        return os.path.join(self.dir.name, name)

    def __enter__(self):
        return self

    def __exit__(self, *_why):
        self.dir.cleanup()

    def nginx(self, fault=None, certificate=None):
        return live.Live([d for d in self.documents if d["kind"] == "Ingress"], fault, certificate or Case.pair)

    def diff(self, nginx, *args, **how):
        """Result with the JSON that it wrote, if it wrote any."""
        result = Run(self.path("in.yaml"), *nginx.flags, *args, "-o", "json=" + self.path("out.json"), "-o", "text", **how)
        result.json = None
        if os.path.exists(self.path("out.json")):
            with open(self.path("out.json"), encoding="utf-8") as file:
                result.json = json.load(file)
            os.remove(self.path("out.json"))
        return result

    def convert(self):
        done = subprocess.run([program.binary(), "convert", "-q", self.path("in.yaml")], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=program.ENVIRONMENT, check=False)
        return list(yaml.safe_load_all(done.stdout.decode()))


def service(namespace, name):
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": namespace},
            "spec": {"selector": {"app": name}, "ports": [{"name": "http", "port": 80, "targetPort": 8080}]}}


def ingress(name, hosts, namespace="web", annotations=None, tls=True):
    """hosts: {host: [(type, path, service)]}."""
    spec = {"ingressClassName": "nginx", "rules": [
        {"host": host, "http": {"paths": [
            {"path": path, "pathType": kind, "backend": {"service": {"name": to, "port": {"number": 80}}}}
            for kind, path, to in paths]}} for host, paths in hosts.items()]}
    if tls:
        spec["tls"] = [{"hosts": list(hosts), "secretName": "tls"}]
    meta = {"name": name, "namespace": namespace, "creationTimestamp": "2024-01-01T00:00:00Z"}
    if annotations:
        meta["annotations"] = {"nginx.ingress.kubernetes.io/" + k: v for k, v in annotations.items()}
    services = sorted({to for paths in hosts.values() for _, _, to in paths})
    return [{"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": meta, "spec": spec}] + \
        [service(namespace, name) for name in services]


SHOP = {"shop.example.com": [("Prefix", "/", "front"), ("Prefix", "/cart", "cart"), ("Exact", "/health", "ops")]}

CASES = {
    "plain": live.dump(ingress("shop", SHOP)),
    "no-tls": live.dump(ingress("shop", SHOP, tls=False)),
    "rewrite": live.dump(ingress("shop", {"shop.example.com": [("ImplementationSpecific", "/cart(/|$)(.*)", "cart")]},
                                 annotations={"rewrite-target": "/$2", "use-regex": "true"})),
    "redirect": live.dump(ingress("old", {"old.example.com": [("Prefix", "/", "front")]},
                                  annotations={"permanent-redirect": "https://new.example.com/"})),
    "vhost": live.dump(ingress("inner", {"a.example.com": [("Prefix", "/", "front")]},
                               annotations={"upstream-vhost": "inner.example.com"})),
    "two-hosts": live.dump(ingress("shop", SHOP) + ingress("api", {"api.example.com": [("Prefix", "/v1", "v1"),
                                                                                     ("Prefix", "/v2", "v2")]})),
    # Names that share a connection: one has no certificate of its own.
    "implicit-https": live.dump(ingress("shop", SHOP) + ingress("blog", {"blog.example.com": [("Prefix", "/", "blog")]}, tls=False)),
    "regex": live.dump(ingress("rx", {"rx.example.com": [("ImplementationSpecific", "/items/[0-9]+", "items"),
                                                         ("Prefix", "/", "front")]},
                               annotations={"use-regex": "true"})),
    "ssl-redirect-off": live.dump(ingress("shop", SHOP, annotations={"ssl-redirect": "false"})),
    "app-root": live.dump(ingress("shop", SHOP, annotations={"app-root": "/cart"})),
    "wildcard": live.dump(ingress("any", {"*.example.com": [("Prefix", "/", "any")],
                                          "shop.example.com": [("Prefix", "/", "front")]})),
}


def lines_of(*requests):
    return ("\n".join(requests) + "\n").encode()


# ---- equal where the conversion is exact, announced where it is not ----

def test_cases():
    for name, text in CASES.items():
        with Case(text) as case, case.nginx() as nginx:
            result = case.diff(nginx)
            if not tests.check("%s: runs" % name, result.json and result.status in (0, 1), lambda r=result: str(r)):
                continue
            loud = [g for g in result.json["groups"] if "finding" not in g]
            tests.check("%s: every difference was announced" % name, not loud, lambda r=result: str(r))
            tests.check("%s: most requests agree" % name, result.json["summary"]["equal"] > 10, lambda r=result: str(r))


def test_equal():
    with Case(CASES["plain"]) as case, case.nginx() as nginx:
        with open(case.path("requests"), "wb") as file:
            file.write(lines_of("GET https://shop.example.com/", "GET https://shop.example.com/cart/1?x=1",
                                "GET http://shop.example.com/cart", "HEAD https://shop.example.com/health"))
        result = case.diff(nginx, "--requests=" + case.path("requests"))
        tests.check("equal: status 0", result.status == 0, lambda: str(result))
        tests.check("equal: all four", result.json and result.json["summary"]["equal"] == 4, lambda: str(result))


def test_final_dot():
    """An absolute name has its dot in Host and not in the handshake, as with every client."""
    with Case(CASES["plain"]) as case, case.nginx() as nginx:
        with open(case.path("requests"), "wb") as file:
            file.write(lines_of("GET https://shop.example.com./cart/1", "GET http://shop.example.com./cart/1"))
        result = case.diff(nginx, "--requests=" + case.path("requests"), "--http2")
        tests.check("final dot: both sides take it for the name", result.status == 0 and
                    result.json["summary"]["equal"] == 2, lambda: str(result))


# ---- injected faults ----

def replaced(pattern, to, count=1):
    def fault(text):
        new, times = re.subn(pattern, to, text, count=count)
        if not times:
            raise AssertionError("the fault changes nothing: %s" % pattern)
        return new
    return fault


FAULTS = {
    "wrong backend": (replaced(r'X-I2G-Service "web/cart"', 'X-I2G-Service "web/front"', 0), "backend"),
    "lost header": (replaced(r"ngx\.header\['X-Content-Type-Options'\] = 'nosniff'", "", 0), "header"),
    "added header": (replaced(r"(ngx\.header\['Content-Type'\])", r"ngx.header['Strict-Transport-Security'] = 'max-age=1'; \1"), "header"),
    "changed status": (replaced(r'(location "/cart/" \{)', r"\1 return 418;"), "status"),
    "other redirect": (replaced(r"ngx\.redirect\('https://' \.\. ngx\.var\.host \.\. uri, 308\)",
                                "ngx.redirect('https://elsewhere.example.com' .. uri, 308)", 0), "location"),
    "missing route": (replaced(r'location "/cart/" \{', 'location "/gone/" {'), "backend"),
    "other path": (replaced(r"(location \"/cart/\" \{)", r"\1 rewrite ^/cart/(.*) /basket/$1 break;"), "seen"),
}


def test_faults():
    with Case(CASES["plain"]) as case:
        with open(case.path("requests"), "wb") as file:
            file.write(lines_of("GET https://shop.example.com/", "GET https://shop.example.com/cart/1",
                                "GET http://shop.example.com/cart/1", "GET https://shop.example.com/health"))
        for name, (fault, kind) in FAULTS.items():
            with case.nginx(fault) as nginx:
                result = case.diff(nginx, "--requests=" + case.path("requests"))
                found = {f["kind"] for d in (result.json or {}).get("results", []) for f in d["facts"]}
                tests.check("fault: %s is found" % name, result.status == 1 and kind in found, lambda r=result: str(r))
                tests.check("fault: %s was not announced" % name,
                            result.json and all(not g.get("predicted") for g in result.json["groups"]),
                            lambda r=result: str(r))
        with case.nginx(certificate=live.make_certificate(["other.example.com"])) as nginx:
            result = case.diff(nginx, "--requests=" + case.path("requests"))
            tests.check("fault: another certificate is found",
                        result.status == 1 and "certificate" in result.out, lambda: str(result))


# ---- noise ----

NOISY = r"""
      local keys = {'a', 'b', 'c', 'd'}
      for i = #keys, 2, -1 do local k = math.random(i); keys[i], keys[k] = keys[k], keys[i] end
      local parts = {}
      for i, key in ipairs(keys) do parts[i] = '"' .. key .. '":' .. (#key * 7) end
      local body = '{"at":"' .. ngx.utctime() .. '","id":"' .. string.format('%08x-0000-4000-8000-%012x', math.random(2^31-1), math.random(2^31-1))
        .. '","service":' .. q(name or '') .. ',"n":' .. math.random(1, 1000) .. ',"data":{' .. table.concat(parts, ',') .. '}}'
      ngx.header['X-Trace'] = string.format('%08x%08x', math.random(2^31-1), math.random(2^31-1))
      ngx.header['Set-Cookie'] = 'sid=' .. math.random(2^31-1) .. '; Path=/; HttpOnly'
"""


def noisy(text):
    start = text.index("      local body = ")
    end = text.index("      ngx.header['Content-Type']")
    return text[:start] + NOISY + text[end:]


def test_noise(rounds=20, count=1000):
    with Case(CASES["two-hosts"]) as case, case.nginx(noisy) as one, case.nginx(noisy) as two:
        with open(case.path("requests"), "wb") as file:
            file.write(lines_of(*["GET https://%s/%s" % (host, "v%d/%d" % (i % 3, i))
                                  for i in range(count // 2) for host in ("shop.example.com", "api.example.com")]))
        false = 0
        for _ in range(rounds):
            result = case.diff(one, "--candidate=http://127.0.0.1:%d" % two.http,
                               "--candidate=https://127.0.0.1:%d" % two.https, "--requests=" + case.path("requests"))
            false += result.json["summary"]["different"] if result.json else count
        tests.check("noise: no false difference in %d rounds of %d" % (rounds, count), false == 0,
                    lambda: "%d false\n%s" % (false, result))
        # The same noise does not hide what is really different.
        with case.nginx(lambda text: noisy(text).replace('"data"', '"date"')) as other:
            result = case.diff(one, "--candidate=http://127.0.0.1:%d" % other.http,
                               "--candidate=https://127.0.0.1:%d" % other.https, "--requests=" + case.path("requests"),
                               "--sample=40")
            tests.check("noise: a changed key is found", result.status == 1 and "$.da" in result.out, lambda: str(result))


# ---- recordings, shards ----

def test_record():
    with Case(CASES["two-hosts"]) as case:
        record = case.path("today.jsonl")
        with case.nginx() as nginx:
            first = case.diff(nginx, "--record=" + record)
            again = case.diff(nginx, "--record=" + record)
        tests.check("record: runs", first.status in (0, 1), lambda: str(first))
        tests.check("record: nothing is overwritten", again.status == 2 and "already" in again.err, lambda: str(again))
        result = Run(case.path("in.yaml"), "--replay=" + record, "-o", "json=" + case.path("re.json"), "-o", "text")
        with open(case.path("re.json"), encoding="utf-8") as file:
            replayed = json.load(file)
        for more in (["--requests=" + record], ["--record=" + record + "2"], ["--live-log=" + record]):
            refused = Run(case.path("in.yaml"), "--replay=" + record, *more)
            tests.check("replay: %s is not taken in silence" % more[0].split("=")[0], refused.status == 2 and
                        "does not go with --replay" in refused.err and not refused.out, lambda r=refused: str(r))
        for key in ("equal", "different"):
            tests.check("replay: as many %s without the live side" % key,
                        replayed["summary"][key] == first.json["summary"][key],
                        lambda k=key: "%s\n%s" % (first.json["summary"], replayed["summary"]))
        tests.check("replay: the same status", result.status == first.status, lambda: str(result))


def test_killed():
    with Case(CASES["two-hosts"]) as case, case.nginx() as nginx:
        record = case.path("today.jsonl")
        child = subprocess.Popen([program.binary(), "diff", case.path("in.yaml"), "--record=" + record, "--rate=100"] + nginx.flags,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                 env=program.ENVIRONMENT)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and (not os.path.exists(record) or open(record, "rb").read().count(b"\n") < 20):
            time.sleep(0.01)
        child.kill()
        child.wait()
        result = Run(case.path("in.yaml"), "--replay=" + record)
        tests.check("killed: what was recorded is compared", result.status in (0, 1), lambda: str(result))


def test_shards():
    with Case(CASES["two-hosts"]) as case, case.nginx() as nginx:
        whole = case.diff(nginx)
        files = []
        for i in range(1, 4):
            name = case.path("part%d.json" % i)
            part = Run(case.path("in.yaml"), *nginx.flags, "--shard=%d/3" % i, "-o", "json=" + name)
            tests.check("shard %d runs" % i, part.status in (0, 1), lambda p=part: str(p))
            files.append(name)
        merged = Run("--merge", *files, "-o", "json")
        total = json.loads(merged.out) if merged.out else {"summary": {}}
        for key in ("equal", "different"):
            tests.check("shards: together as many %s" % key, total["summary"].get(key) == whole.json["summary"][key],
                        lambda k=key: "%s\n%s" % (whole.json["summary"], merged))
        asks = Run("--merge", "--live=127.0.0.1", *files)
        tests.check("shards: a merge asks nobody", asks.status == 2 and "asks nobody" in asks.err, lambda: str(asks))
        missing = Run("--merge", *files[:2])
        tests.check("shards: one that is missing is missed", missing.status == 2 and "3" in missing.err,
                    lambda: str(missing))
        twice = Run("--merge", files[0], files[0], files[1], files[2])
        tests.check("shards: none counts twice", twice.status == 2, lambda: str(twice))


# ---- who answered ----

def test_live_log():
    """Bodies that say nothing: the controller's log names the backends."""
    def mute(text):
        return re.sub(r"ngx\.print\(body\)", "ngx.print('ok')", re.sub(r"ngx\.header\['Content-Length'\] = #body", "", text))

    def crossed(text):
        return mute(text.replace('X-I2G-Service "web/cart"', 'X-I2G-Service "web/front"')
                    .replace('$i2g_upstream "web-cart-80"', '$i2g_upstream "web-front-80"'))

    with Case(CASES["plain"]) as case:
        with open(case.path("requests"), "wb") as file:
            file.write(lines_of("GET https://shop.example.com/", "GET https://shop.example.com/cart/1"))
        for name, fault, status in (("right", mute, 0), ("wrong", crossed, 1)):
            with case.nginx(fault) as nginx:
                result = case.diff(nginx, "--requests=" + case.path("requests"), "--live-log=" + nginx.log)
                tests.check("live-log: a %s backend" % name, result.status == status, lambda r=result: str(r))
                if status:
                    tests.check("live-log: names both", "web/front" in result.out and "web/cart" in result.out,
                                lambda r=result: str(r))


# ---- what browsers send ----

def test_shorten():
    """A request with a dozen parts: the report says which of them matter."""
    with Case(CASES["plain"]) as case, \
            case.nginx(replaced(r'(location "/cart/" \{)', r"\1 if ($http_x_variant = b) { return 418; }")) as nginx:
        with open(case.path("requests"), "w", encoding="utf-8") as file:
            file.write("curl 'https://shop.example.com/cart/a/b/c?x=1&y=2' -H 'X-Variant: b' -H 'X-Other: 1' "
                       "-H 'Accept-Language: de' -H 'Referer: https://shop.example.com/'\ncurl https://shop.example.com/\n")
        result = case.diff(nginx, "--requests=" + case.path("requests"), "--insecure")
        shorter = (result.json or {"groups": [{}]})["groups"][0].get("shorter", "")
        tests.check("shorten: the header that matters is left", "X-Variant: b" in shorter, lambda: str(result))
        tests.check("shorten: nothing else is", not re.search(r"X-Other|Accept-Language|Referer|\?x|/b/c", shorter),
                    lambda: shorter)
        tests.check("shorten: the text has it, too", "shows with less" in result.out, lambda: str(result))


# ---- shares and clients, TLS with both sides proven, HTTP/2 ----

CANARY = live.dump(ingress("shop", {"shop.example.com": [("Prefix", "/", "front")]}, tls=False)
                   + [dict(d, metadata=dict(d["metadata"], name="canary", annotations={
                       "nginx.ingress.kubernetes.io/canary": "true", "nginx.ingress.kubernetes.io/canary-weight": "20"}))
                      if d["kind"] == "Ingress" else d
                      for d in ingress("shop", {"shop.example.com": [("Prefix", "/", "next")]}, tls=False)])


def test_shares():
    with Case(CANARY) as case:
        changed = case.path("changed.yaml")
        documents = case.convert()
        for document in documents:
            for rule in document.get("spec", {}).get("rules", []) if document["kind"] == "HTTPRoute" else []:
                weights = [ref.get("weight") for ref in rule.get("backendRefs", [])]
                if sorted(w for w in weights if w is not None) == [20, 80]:
                    for ref in rule["backendRefs"]:
                        ref["weight"] = 50
        with open(changed, "w", encoding="utf-8") as file:
            file.write(live.dump(documents))
        with today_of(case) as today:
            with open(case.path("requests"), "wb") as file:
                file.write(lines_of("GET http://shop.example.com/"))
            args = [today, "--requests=" + case.path("requests")]
            same = Run(case.path("in.yaml"), *args)
            tests.check("shares: 20 of 100 are 20 of 100", same.status == 0, lambda: str(same))
            other = Run(case.path("in.yaml"), *args, "--against=" + changed)
            tests.check("shares: 50 of 100 are not", other.status == 1 and "share" in other.out, lambda: str(other))
            record = case.path("today.jsonl")
            Run(case.path("in.yaml"), *args, "--record=" + record)
            kept = Run(case.path("in.yaml"), "--replay=" + record, "-o", "json")
            tests.check("shares: a recording has them, too", kept.status == 0 and json.loads(kept.out)["summary"]["asked"] == 1,
                        lambda: str(kept))
            kept = Run(case.path("in.yaml"), "--replay=" + record, "--against=" + changed)
            tests.check("shares: others than those of a recording are told", kept.status == 1 and "share" in kept.out,
                        lambda: str(kept))


def test_unseen():
    """What one client cannot see is said, by Ingress, and not lost when shards are merged."""
    with Case(live.dump(ingress("shop", SHOP, annotations={"upstream-hash-by": "$remote_addr"}) + ingress(
            "api", {"api.example.com": [("Prefix", "/", "v1")]}))) as case, case.nginx() as nginx:
        result = case.diff(nginx, "--sample=10")
        words = "the endpoint that a hash chooses for Ingress web/shop"
        tests.check("unseen: it is named", words in result.out and words in result.json["ignored"], lambda: str(result))
        tests.check("unseen: nobody else is", "Ingress web/api" not in result.out, lambda: str(result))
        Run(case.path("in.yaml"), *nginx.flags, "--sample=10", "-o", "json=" + case.path("one.json"))
        merged = Run("--merge", case.path("one.json"))
        tests.check("unseen: merged, too", words in merged.out, lambda: str(merged))


LOST_GUARDS = {
    "allow list": {"whitelist-source-range": "192.0.2.0/24"},
    # Nobody answers there: as well as one who refuses. The realm and the login page have findings of their own.
    "login": {"auth-url": "http://127.0.0.1:9/auth", "auth-signin": "https://login.example.com/"},
    "password": {"auth-type": "basic", "auth-secret": "users", "auth-realm": "x"},
}


def test_guard_lost():
    """What --allow-unguarded gives up is named as what it is, also by what shards are merged to."""
    for name, notes in LOST_GUARDS.items():
        text = live.dump(ingress("shop", {"shop.example.com": [("Prefix", "/", "front")]}, tls=False, annotations=notes)
                         + [{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "users", "namespace": "web"},
                             "stringData": {"auth": "bob:{PLAIN}secret"}}])
        with Case(text) as case:
            check_lost(case, "guard lost, %s: " % name)


def check_lost(case, name):
    with today_of(case) as today:
        with open(case.path("requests"), "wb") as file:
            file.write(lines_of("GET http://shop.example.com/", "GET http://shop.example.com//x"))
        args = [today, "--requests=" + case.path("requests")]
        lost = Run(case.path("in.yaml"), *args, "--allow-unguarded", "-o", "text", "-o", "json=" + case.path("out.json"))
        tests.check(name + "it is named", lost.status == 1 and "A GUARD IS LOST" in lost.out and "I2G" not in lost.out,
                    lambda: str(lost))
        merged = Run("--merge", case.path("out.json"))
        tests.check(name + "merged, too", "A GUARD IS LOST" in merged.out, lambda: str(merged))
        held = Run(case.path("in.yaml"), *args)
        tests.check(name + "not where it is held back", held.status == 1 and "LOST" not in held.out, lambda: str(held))


@contextlib.contextmanager
def today_of(case):
    """The Ingresses of a case, served as their controller does: the flag that names them as the live side."""
    port = live.free_port()
    old = subprocess.Popen([program.binary(), "serve", "--as=ingress", "--listen=80=127.0.0.1:%d" % port, "-q",
                            "--access-log=off", case.path("in.yaml")], stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=program.ENVIRONMENT)
    try:
        wait_for_port(port)
        yield "--live=http://127.0.0.1:%d" % port
    finally:
        old.terminate()
        old.wait(PATIENCE)


def wait_for_port(port):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise AssertionError("nobody listens on %d" % port)


def test_tls():
    """Both sides ask for a client's certificate and are verified."""
    def asks(text):
        return text.replace("underscores_in_headers", "ssl_client_certificate %s; ssl_verify_client on;\nunderscores_in_headers"
                            % case.path("client.pem"))

    with Case(CASES["plain"]) as case:
        key, cert = live.make_certificate(["client.example.com"])
        for name, text in (("client.pem", cert), ("client.key", key), ("ca.pem", Case.pair[1])):
            with open(case.path(name), "w", encoding="utf-8") as file:
                file.write(text)
        with open(case.path("requests"), "wb") as file:
            file.write(lines_of("GET https://shop.example.com/", "GET https://shop.example.com/cart/1"))
        with case.nginx(asks) as one, case.nginx(asks) as two:
            args = ["--candidate=http://127.0.0.1:%d" % two.http, "--candidate=https://127.0.0.1:%d" % two.https,
                    "--requests=" + case.path("requests")]
            proven = case.diff(one, *args, "--cert=" + case.path("client.pem"), "--key=" + case.path("client.key"),
                               "--cacert=" + case.path("ca.pem"))
            tests.check("tls: a client with a certificate", proven.status == 0, lambda: str(proven))
            refused = case.diff(one, *args, "--cert=" + case.path("client.pem"), "--key=" + case.path("client.key"))
            tests.check("tls: a server that nobody vouches for gets nothing", refused.status == 2 and
                        refused.json["summary"]["equal"] == 0, lambda: str(refused))


def test_invented_cookies():
    """Cookies of a canary are made up here: they are no reason to trust nobody."""
    text = live.dump(ingress("shop", SHOP) +
                     ingress("shop-next", {"shop.example.com": [("Prefix", "/cart", "next")]},
                             annotations={"canary": "true", "canary-by-cookie": "canary"}))
    port, secure = live.free_port(), live.free_port()
    with Case(text) as case:
        old = subprocess.Popen([program.binary(), "serve", "--as=ingress", "--listen=80=127.0.0.1:%d" % port,
                                "--listen=443=127.0.0.1:%d" % secure, "-q", "--access-log=off", case.path("in.yaml")],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env=program.ENVIRONMENT)
        try:
            wait_for_port(secure)
            asked = Run(case.path("in.yaml"), "--live=http://127.0.0.1:%d" % port, "--live=https://127.0.0.1:%d" % secure,
                        "-o", "json")
            results = json.loads(asked.out)
            tests.check("canary cookies: a certificate that nobody vouches for is no reason not to ask", asked.status != 2 and
                        results["summary"]["unasked"] == 0 and '"canary=' in asked.out, lambda: str(asked))
        finally:
            old.terminate()
            old.wait(PATIENCE)


def test_http2():
    def speaks(text):
        return re.sub(r"(listen 127\.0\.0\.1:\d+ ssl)", r"\1 http2", text)

    with Case(CASES["plain"]) as case, case.nginx(speaks) as nginx:
        with open(case.path("requests"), "wb") as file:
            file.write(lines_of("GET https://shop.example.com/", "GET https://shop.example.com/cart/1"))
        result = case.diff(nginx, "--requests=" + case.path("requests"), "--http2")
        tests.check("http2: both sides speak it", result.status == 0, lambda: str(result))
        with open(nginx.log, encoding="utf-8") as file:
            tests.check("http2: it was spoken", "HTTP/2.0" in file.read())


# ---- watching ----

def metrics(port):
    with urllib.request.urlopen("http://127.0.0.1:%d/metrics" % port, timeout=5) as answer:
        return answer.read().decode()


def test_watch():
    with Case(CASES["plain"]) as case:
        with open(case.path("requests"), "wb") as file:
            file.write(lines_of("GET https://shop.example.com/", "GET https://shop.example.com/cart/1"))
        with case.nginx() as nginx:
            child = subprocess.Popen([program.binary(), "diff", case.path("in.yaml"), "--requests=" + case.path("requests"),
                                      "--every=300ms", "--admin=127.0.0.1:0"] + nginx.flags,
                                     stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                     env=program.ENVIRONMENT)
            out = []
            reader = threading.Thread(target=lambda: out.extend(iter(child.stdout.readline, b"")), daemon=True)
            reader.start()

            def wait_for(what):
                end = time.monotonic() + PATIENCE
                while time.monotonic() < end and what not in b"".join(out):
                    time.sleep(0.02)
                tests.check("watch: says %s" % what.decode(), what in b"".join(out), lambda: b"".join(out).decode())

            wait_for(b"agree")
            said = next((m for m in (re.search(rb"http://127\.0\.0\.1:(\d+)/metrics", line) for line in child.stderr) if m), None)
            tests.check("watch: says where metrics are", said)
            text = metrics(int(said.group(1)))
            tests.check("watch: metrics", 'ingress2gw_diff_requests{verdict="equal"} 2' in text, lambda: text)
            conf = os.path.join(nginx.dir, "nginx.conf")
            with open(conf, encoding="utf-8") as file:
                before = file.read()
            with open(conf, "w", encoding="utf-8") as file:
                file.write(before.replace('location "/cart/" {', 'location "/cart/" { return 418;'))
            nginx.child.send_signal(signal.SIGHUP)
            wait_for(b"now differs: GET https://shop.example.com/cart/1")
            with open(conf, "w", encoding="utf-8") as file:
                file.write(before)
            nginx.child.send_signal(signal.SIGHUP)
            wait_for(b"agrees again: GET https://shop.example.com/cart/1")
            child.send_signal(signal.SIGTERM)
            status = child.wait(PATIENCE)
            tests.check("watch: ends with the last round's status", status == 0, "status %d" % status)


# ---- how often is asked ----

CATCH_UP = 0.1  # seconds that a client that was held up makes up for (lib/compare/pace.h)


def check_rate(name, server, started, rate, least):
    """So many requests cannot have come earlier, however slow anything is here."""
    times = list(server.times)
    took = times[-1] - started if times else 0
    tests.check("rate: %s: at least %d requests" % (name, least), len(times) >= least, "%d" % len(times))
    tests.check("rate: %s: not more often than %d/s" % (name, rate), took >= (len(times) - 1) / rate - CATCH_UP,
                "%d requests in %.3f s" % (len(times), took))


def test_rate():
    """What counts is what a server sees, whatever it is for."""
    with Case(CANARY) as canary, counter.Counter() as old:
        with open(canary.path("requests"), "wb") as file:
            file.write(lines_of("GET http://shop.example.com/"))
        started = time.monotonic()
        Run(canary.path("in.yaml"), "--live=" + old.url, "--requests=" + canary.path("requests"), "--rate=250")
        check_rate("draws", old, started, 250, 1000)
    with Case(CASES["no-tls"]) as case:
        with open(case.path("requests"), "w", encoding="utf-8") as file:
            file.write("".join("curl 'http://shop.example.com/%d/a/b/c?x=1' -H 'X-A: 1' -H 'X-B: 2'\n" % i for i in range(6)))
        asked = ["--requests=" + case.path("requests"), "--retries=3", "--max-errors=0", "--rate=20"]
        for name, answers, least in (("twice, and shorter ones", True, 16), ("again, as nothing came back", False, 48)):
            with counter.Counter(answers) as old, counter.Counter(answers, b"else") as new:
                started = time.monotonic()
                Run(case.path("in.yaml"), "--live=" + old.url, "--candidate=" + new.url, *asked)
                check_rate("live, " + name, old, started, 20, least)
                check_rate("candidate, " + name, new, started, 20, least // 2)
        with counter.Counter() as old:
            started = time.monotonic()
            child = subprocess.Popen([program.binary(), "diff", case.path("in.yaml"), "--live=" + old.url, "--every=1ms",
                                      "--requests=" + case.path("requests"), "--rate=10"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL, env=program.ENVIRONMENT)
            while time.monotonic() - started < PATIENCE and len(old.times) < 15:
                time.sleep(0.02)
            child.send_signal(signal.SIGTERM)
            child.wait(PATIENCE)
            check_rate("rounds", old, started, 10, 15)


def test_cut():
    """A run that was ended says so, also when each of its requests had been begun."""
    with Case(CANARY) as case, counter.Counter(delay=0.3) as slow:
        with open(case.path("requests"), "wb") as file:
            file.write(lines_of("GET http://shop.example.com/"))
        draws = Run(case.path("in.yaml"), "--live=" + slow.url, "--requests=" + case.path("requests"), "--max-time=1s")
        tests.check("cut: shares of some of the draws are not those of all", draws.status == 2 and "--max-time" in draws.err,
                    lambda: str(draws))
    with Case(CASES["no-tls"]) as case, counter.Counter(answers=False) as broken:
        with open(case.path("requests"), "wb") as file:
            file.write(lines_of(*["GET http://shop.example.com/%d" % i for i in range(200)]))
        Run(case.path("in.yaml"), "--live=" + broken.url, "--requests=" + case.path("requests"), "--max-errors=3", "--retries=0",
            "--concurrency=1")
        tests.check("cut: no request is sent after the last error that is borne", len(broken.times) == 6,
                    "%d" % len(broken.times))
    with Case(CASES["no-tls"]) as case, counter.Counter(delay=2) as slow:
        with open(case.path("requests"), "wb") as file:
            file.write(lines_of("GET http://shop.example.com/"))
        half = Run(case.path("in.yaml"), "--live=" + slow.url, "--requests=" + case.path("requests"), "--max-time=1s")
        tests.check("cut: the second question is missed", half.status == 2 and "--max-time" in half.err, lambda: str(half))


# ---- where connections go ----

def test_address():
    """An address alone stands for all its ports; names are never looked up."""
    with Case(CASES["no-tls"]) as case, case.nginx() as nginx:
        with open(case.path("requests"), "wb") as file:
            file.write(lines_of("GET http://shop.example.com:%d/" % nginx.http, "GET http://shop.example.com:%d/cart" % nginx.http))
        result = Run(case.path("in.yaml"), "--live=127.0.0.1", "--candidate=127.0.0.1", "--requests=" + case.path("requests"))
        tests.check("address: all ports are there", result.status == 0 and "2 agree" in result.out, lambda: str(result))
        with open(nginx.log, encoding="utf-8") as file:
            tests.check("address: it was asked three times each", len(file.readlines()) == 6)
        with open(case.path("requests"), "wb") as file:
            file.write(lines_of("GET https://shop.example.com/", "GET http://shop.example.com/"))
        result = case.diff(nginx, "--requests=" + case.path("requests"))
        tests.check("address: a port that nobody listens on is not looked for elsewhere",
                    "nothing listens on port 443" in result.out, lambda: str(result))


# ---- guard rails ----

def test_guards():
    with Case(CASES["plain"]) as case:
        far = Run(case.path("in.yaml"), "--live=192.0.2.1", "--max-time=2s", "--timeout=1s")
        tests.check("guard: another machine is not asked without --yes", far.status == 2 and "--yes" in far.err,
                    lambda: str(far))
        tests.check("guard: says what it would do", re.search(r"Asking (\d+) requests, each twice .*: \d+ go to 192\.0\.2\.1 and \1 to .*, at most 20/s to each", far.err), lambda: str(far))
        for flag in ("--every=0", "--timeout=0s", "--rate=1e-9", "--rate=nan", "--concurrency=257"):
            odd = Run(case.path("in.yaml"), "--live=127.0.0.1", flag)
            tests.check("guard: %s is no value" % flag, odd.status == 2 and flag + ": it takes" in odd.err, lambda o=odd: str(o))
        none = Run(case.path("in.yaml"))
        tests.check("guard: --live is wanted", none.status == 2 and "--live" in none.err, lambda: str(none))
        port = live.free_port()
        dead = Run(case.path("in.yaml"), "--live=http://127.0.0.1:%d" % port, "--max-errors=5")
        tests.check("guard: a dead live side ends the run", dead.status == 2 and "no connection: " in dead.out
                    and "did not answer 5 times" in dead.err, lambda: str(dead))
        lost = Run(case.path("in.yaml"), "--live=nobody.invalid", "--yes", "--max-errors=1", "--retries=0", "--rate=0")
        tests.check("guard: a name that is not found is no refused connection", lost.status == 2 and
                    "Could not resolve" in lost.out and "refused" not in lost.out and "did not answer 1 time:" in lost.err,
                    lambda: str(lost))
        for command in (["diff", "--live=127.0.0.1"], ["plan"], ["verify"]):
            done = subprocess.run([program.binary()] + command + ["-n", "nosuch", case.path("in.yaml")], stderr=subprocess.PIPE,
                                  stdout=subprocess.PIPE, env=program.ENVIRONMENT, check=False)
            tests.check("guard: %s says that no Ingress is chosen" % command[0], done.returncode == 2 and
                        b"choose none of the 1 in the input" in done.stderr, lambda d=done: "%s" % d)
        with case.nginx() as nginx:
            gone = Run(case.path("in.yaml"), *nginx.flags, "--candidate=http://127.0.0.1:%d" % port,
                       "--candidate=https://127.0.0.1:%d" % port)
            tests.check("guard: a candidate that is not there is no comparison",
                        gone.status == 2 and "answered nothing" in gone.err, lambda: str(gone))
            unread = Run(case.path("in.yaml"), *nginx.flags, "--cert=" + case.path("none.pem"))
            tests.check("guard: a certificate that cannot be read is said before anything is asked",
                        unread.status == 2 and "none.pem" in unread.err and not unread.out, lambda: str(unread))
            with open(case.path("requests"), "wb") as file:
                file.write(lines_of("POST https://shop.example.com/", "GET https://shop.example.com/"))
            result = case.diff(nginx, "--requests=" + case.path("requests"), "-H", "Authorization: Bearer s3cr3t-t0ken",
                               "--insecure")
            tests.check("guard: POST is not sent", result.json and result.json["summary"]["asked"] == 1, lambda: str(result))
            told = json.dumps(result.json) + result.out + result.err
            tests.check("guard: a secret is told to nobody", "s3cr3t" not in told, told)
            unknown = case.diff(nginx, "--requests=" + case.path("requests"), "-H", "Authorization: Bearer s3cr3t-t0ken")
            tests.check("guard: secrets are for servers that can be verified",
                        unknown.status == 2 or "certificate" in unknown.out.lower(), lambda: str(unknown))
            with open(nginx.log, encoding="utf-8") as file:
                tests.check("guard: nothing was posted", "POST" not in file.read())


def main():
    names = [a for a in sys.argv[1:] if not a.startswith("-")]
    reason = nginx_server.missing()
    if reason:
        tests.skip("all", reason)
        tests.finish()
    for name, function in list(globals().items()):
        if name.startswith("test_") and (not names or name[5:] in names):
            try:
                function()
            except Exception as error:  # the others still say something
                tests.fail(name[5:], "%s: %s" % (type(error).__name__, error))
    tests.finish()


if __name__ == "__main__":
    main()
