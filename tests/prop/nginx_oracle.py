"""The source side against a real nginx: random Ingresses, laid out for nginx as the controller lays them
out (nginx_server.py), and asked the same requests as our table (tests/route/decide.c).

usage: nginx_oracle.py [--build=DIR] [--seed=N] [--count=N] [--case=N] [-v]

Compared request by request: status, Location, which Service is asked, the request line and Host that it
sees, and what a page of custom-http-errors or a default-backend is told. Canaries and certificates are not nginx's own doing and are left to other tests.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."), HERE]

import nginx_model  # noqa: E402
import nginx_server  # noqa: E402
from program import ENVIRONMENT  # noqa: E402
from random_ingresses import NGINX, dump  # noqa: E402
from tally import Tally  # noqa: E402

SEED, COUNT, REQUESTS = 7041, 60, 60
HOSTS = ["a.example", "b.example", "www.c.example", "c.example", "*.a.example", "x.a.example", ""]
LITERALS = ["/", "/app", "/app/v1", "/app/", "/api", "/api/", "/a", "/x-y_z~", "/v1.0", "/App", "/app/v1/",
            "/a b", "/.well-known/acme-challenge", "/app/v1/deep", "/caf\u00e9"]
PATTERNS = ["/app(/|$)(.*)", "/api/(.*)", "/api/?(.*)", "/(.*)", "/.*", "/app/(.+)", "/app()(.*)", "/v[0-9]+",
            "/(one|two)/c", "/api|/v2", "/[A-Z]{3}", "/app$", "/a\\.b", "/[^/]+/edit", "/(?:one|two)",
            "/app/v1(/.*)?", "/\\d+/\\w*", "/shop/(a|b)/(.*)", "/foo/bar/bar", "/foo/bar/[a-z]{3}", "/x(y)?(.*)"]
TARGETS = ["/", "/$1", "/$2", "/new", "/new/", "/new/$1", "/new/$2", "/app", "/$1/$2", "https://t.example/y", "$1",
           "https://t.example/$1", "/$9", "new"]
REDIRECTS = ["https://new.example", "https://new.example/p?q=1", "http://new.example:8080/p/"]
SAMPLES = ["/", "/app", "/app/", "/appx", "/app/x", "/APP", "/app/v1", "/app/v1/x", "/app/v1/deep", "/app/v1/deep/er",
           "/api", "/api/", "/apix", "/api/x", "/x/v2", "/v2x", "/v1", "/v1x0", "/v1.0", "/v", "/one/c", "/onec",
           "/two/c/d", "/abc", "/ab", "/abcd", "/a.b", "/axb", "/x/edit", "/x/y/edit", "/12/ab-c", "/shop/a/",
           "/shop/b/x", "/foo/bar/bar", "/foo/bar/BAR", "/foo/bar/ba", "/xy", "/xyz/q", "/x-y_z~", "/x-y_z~/k",
           "/.well-known/acme-challenge", "/.well-known/acme-challenge/t", "/unknown", "/a", "/a/"]
TWISTS = ["//app", "/app//x", "/app/./x", "/app/x/..", "/app/../api", "/x/../app", "/app/%2e%2e/api", "/app%2Fx",
          "/%61pp", "/app/%", "/app/%4", "/app/%zz", "/app/%00", "/../app", "/app/../../x", "/app/.", "/app/..",
          "/app/...", "/app/.x", "/app/..x", "/a%20b", "/a%20b/c", "/app/%3Fq", "/app/%23f", "/app/%25", "/app;v=1",
          "/app/;/x", "/app#frag", "/app/x#f?q", "/app%2f%2e%2e%2fapi", "/app/%2E/x", "/app/+%2b", "/app/\"q\"",
          "/app/%22q%22", "/app/<x>", "/caf%C3%A9", "/app/%e9", "/app/{x}", "/app/%7Bx%7D", "/app/a|b", "/.", "/..",
          "//", "///", "/%2f", "/app/%2f", "/app\\x", "/app%5Cx", "/app/~x", "/%2e/app"]
CODES = ["404", "403,404", "413,503", "400,405", "404,503,500", "403", "403,413,503,404,400"]
AGENTS = ["qwerty", "~*bot, qwerty", "~^Bot", "~*bot"]
REFERERS = ["http://bad.example/", "~*bad"]
SENT_AGENTS = ["qwerty", "QWERTY", "qwerty123", "Bot/1", "a bot", "fine"]
SENT_REFERERS = ["http://bad.example/", "http://Bad.example/x", "https://good.example/"]
QUERIES = ["", "", "", "?", "?x=1", "?a=b&c=d/", "?/", "?q=%20%2F", "?a?b"]


# As the nginx that plays the backend writes them: one line each.
TOLD = [["X-Code"], ["X-Format"], ["X-Original-URI"],
        ["X-Namespace", "X-Ingress-Name", "X-Service-Name", "X-Service-Port"]]


class Generator:
    def __init__(self, number):
        self.random = random.Random(number)
        self.hosts = self.random.sample(HOSTS, self.random.randint(1, 4))
        self.documents, self.services, self.dead, self.config = [], [], set(), {}

    def pick(self, values):
        return self.random.choice(values)

    def chance(self, part):
        return self.random.random() < part

    def make(self):
        regex = self.chance(0.45)
        for i in range(self.random.randint(1, 5)):
            self.documents.append(self.ingress(i, regex))
        for namespace in ("default", "web"):
            self.add_service(namespace, "errors")
        for key, part, values in (("custom-http-errors", 0.2, CODES), ("disable-proxy-intercept-errors", 0.15, ["true"]),
                                  ("block-user-agents", 0.25, AGENTS), ("block-referers", 0.15, REFERERS),
                                  ("block-cidrs", 0.1, ["0.0.0.0/0", "10.0.0.0/8"])):
            if self.chance(part):
                self.config[key] = self.pick(values)
        return self

    def add_service(self, namespace, name):
        self.services.append({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": namespace},
                              "spec": {"ports": [{"port": 80}]}})
        if self.chance(0.08):
            self.dead.add((namespace, name))
            self.services.append({"apiVersion": "v1", "kind": "Endpoints",
                                  "metadata": {"name": name, "namespace": namespace}, "subsets": []})

    def config_map(self):
        return {"apiVersion": "v1", "kind": "ConfigMap",
                "metadata": {"name": "ingress-nginx-controller", "namespace": "ingress-nginx"}, "data": self.config}

    def service(self, namespace):
        """A Service for each path, so that an answer tells which path gave it."""
        name = "s%d" % len(self.services)
        self.add_service(namespace, name)
        return {"service": {"name": name, "port": {"number": 80}}}

    def ingress(self, i, regex):
        namespace = self.pick(["default", "default", "web"])
        notes = self.notes(regex)
        spec = {"ingressClassName": "nginx"}
        if self.chance(0.1):
            spec["defaultBackend"] = self.service(namespace)
        if self.chance(0.95) or "defaultBackend" not in spec:
            spec["rules"] = [self.rule(namespace, regex) for _ in range(self.pick([1, 1, 2]))]
        if self.chance(0.35):
            spec["tls"] = [{"hosts": [h for h in self.hosts if h], "secretName": "cert"}]
        return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
                "metadata": {"name": "in-%d" % i, "namespace": namespace,
                             "creationTimestamp": "2024-01-%02dT00:00:00Z" % (1 + (i * 7 + 3) % 28),
                             "annotations": {NGINX + key: value for key, value in notes.items()}},
                "spec": spec}

    def notes(self, regex):
        notes = {}
        for key, part, values in (
                ("use-regex", 0.4 * regex, ["true"]), ("rewrite-target", 0.5 * regex, TARGETS),
                ("app-root", 0.08, ["/home", "/app"]), ("ssl-redirect", 0.3, ["false", "true"]),
                ("force-ssl-redirect", 0.06, ["true"]), ("preserve-trailing-slash", 0.15, ["true"]),
                ("permanent-redirect", 0.06, REDIRECTS + ["/rel"]), ("temporal-redirect", 0.05, REDIRECTS),
                ("permanent-redirect-code", 0.1, ["302", "308", "309"]), ("relative-redirects", 0.15, ["true"]),
                ("from-to-www-redirect", 0.08, ["true"]), ("server-alias", 0.08, ["alias.example,x.a.example"]),
                ("allowlist-source-range", 0.05, ["10.0.0.0/8"]), ("denylist-source-range", 0.05, ["::1/128"]),
                ("custom-http-errors", 0.35, CODES), ("default-backend", 0.25, ["errors", "missing"]),
                ("disable-proxy-intercept-errors", 0.1, ["true", "false"]), ("enable-cors", 0.1, ["true"]), ("proxy-body-size", 0.15, ["2k", "0", "1m"]),
                ("upstream-vhost", 0.08, ["inner.example"]), ("x-forwarded-prefix", 0.2, ["/pre"])):
            if self.chance(part):
                notes[key] = self.pick(values)
        if "custom-http-errors" in notes and self.chance(0.7):
            notes["default-backend"] = "errors"  # or hardly any page would be somebody's
        return notes

    def rule(self, namespace, regex):
        rule, taken = {"http": {"paths": []}}, set()
        host = self.pick(self.hosts)
        if host:
            rule["host"] = host
        for _ in range(self.pick([1, 2, 3, 4])):
            path = self.pick(PATTERNS) if regex and self.chance(0.6) else self.pick(LITERALS)
            if path in taken:
                continue
            taken.add(path)
            kind = "ImplementationSpecific" if path in PATTERNS else self.pick(["Prefix", "Prefix", "Exact"])
            rule["http"]["paths"].append({"path": path, "pathType": kind, "backend": self.service(namespace)})
        return rule


class Case:
    def __init__(self, number):
        self.number = number
        self.made = Generator(number).make()
        self.documents = self.made.documents + self.made.services
        if self.made.config:
            self.documents.append(self.made.config_map())
        self.controller = nginx_model.Controller(self.documents)
        self.layout = nginx_server.Layout(number, self.controller, self.made.dead, self.made.config)
        self.requests = list(self.ask(random.Random(-number)))

    def __str__(self):
        return "case %d" % self.number

    def hosts(self, chance):
        names = [n for n in self.controller.servers if n and not n.startswith("*")]
        names += ["y.a.example", "deep.y.a.example", "alias.example", "www.a.example", "www.c.example", "other.example"]
        name = chance.choice(names)
        return chance.choice([name] * 8 + [name + ":8080", name.upper(), name + "."])

    def paths(self):
        own = [p["path"] for i in self.made.documents for r in i["spec"].get("rules", []) for p in r["http"]["paths"]]
        for path in own:
            if path in LITERALS:
                path = path.replace(" ", "%20").encode("utf-8").decode("latin-1")
                bare = path.rstrip("/")
                yield from (path, bare + "/", (bare or "/") + "x", bare + "/x/", bare.swapcase() or "/", bare or "/")

    def ask(self, chance):
        paths = list(self.paths())
        for _ in range(REQUESTS):
            draw = chance.random()
            target = chance.choice(paths if paths and draw < 0.4 else TWISTS if draw < 0.7 else SAMPLES)
            target += chance.choice(QUERIES)
            method, headers, size = chance.choice(["GET"] * 6 + ["POST", "OPTIONS"]), [], 0
            if chance.random() < 0.04:
                method = chance.choice(["TRACE", "CONNECT", "get", "PURGE", "X-Y_Z", "M3"])
            if method == "POST":
                size = chance.choice([10, 3000, 2 << 20])
                headers.append(("Content-Length", str(size)))
            headers += [(name, chance.choice(values)) for name, part, values in
                        (("User-Agent", 0.3, SENT_AGENTS), ("Referer", 0.2, SENT_REFERERS), ("Accept", 0.2, ["text/html"]))
                        if chance.random() < part]
            host = self.hosts(chance)
            if chance.random() < 0.03:
                target = "http://%s%s" % (self.hosts(chance).rstrip("."), target)
            if chance.random() < 0.02:
                host = chance.choice([None, "", "a..example", "a example"])
            yield {"scheme": chance.choice(["http", "http", "https"]), "method": method, "target": target, "host": host,
                   "headers": headers, "size": size, "version": chance.choice(["HTTP/1.1"] * 12 + ["HTTP/1.0"])}


def line(request):
    """As tests/route/decide.c reads it. Unix sockets have no address: every list refuses them but "all"."""
    return "\t".join([request["scheme"], request["method"], request["target"],
                      "-" if request["host"] is None else request["host"], request["version"][5:],
                      "192.0.2.1", str(request["size"])] + ["%s: %s" % h for h in request["headers"]])


def ours(decide, case):
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
        file.write(dump(case.documents))
        file.flush()
        text = "".join(line(r) + "\n" for r in case.requests).encode("latin-1")
        done = subprocess.run([decide, file.name], input=text, capture_output=True, env=ENVIRONMENT, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return [json.loads(answer)[0] for answer in done.stdout.decode().splitlines()]


def expected(decision):
    """What a client of nginx would see of a decision."""
    if decision["action"] == "forward":
        backend = decision["backends"][0]
        if not decision["path"].startswith("/"):
            # From the nginx that plays the backend; what a page in its place says is not known.
            return None if 400 in decision["pages"] else "400"
        sent = {e["name"]: e["value"] for e in decision["request"]}
        return "%s/%s %s%s%s host %s prefix %s told %s" % (
            backend["namespace"], backend["name"], decision["path"], "?" if decision["has_query"] else "",
            decision["query"], decision["host"], sent.get("X-Forwarded-Prefix", ""),
            [" ".join(sent.get(name, "") for name in line) for line in TOLD])
    if decision["action"] == "redirect":
        return "%d to %s" % (decision["status"], decision["location"])
    return str(decision["status"])


def seen(answer):
    status, headers, body = answer
    if "location" in headers:
        return "%d to %s" % (status, headers["location"])
    if status != 200:
        return str(status)
    service, uri, host, prefix, *told = body.split("\n")
    return "%s %s host %s prefix %s told %s" % (service, uri, host, prefix, told[:len(TOLD)])


def compare(decide, nginx, case, verbose):
    complaints = []
    for request, decision in zip(case.requests, ours(decide, case)):
        want, got = seen(nginx.ask(case.number, request)), expected(decision)
        if verbose:
            print("%-60s %s" % (line(request).replace("\t", " "), got))
        if got is not None and want != got:
            complaints.append("%s\n    nginx: %s\n    ours:  %s" % (line(request).replace("\t", " "), want, got))
    if complaints:
        complaints = complaints[:3] + ["%d of %d requests differ" % (len(complaints), len(case.requests))] \
            + dump(case.made.documents).splitlines()
    return complaints


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=os.environ.get("I2G_BUILD", "build-test"))
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--case", type=int)
    parser.add_argument("-v", action="store_true")
    given = parser.parse_args()
    tally = Tally("nginx")
    why = nginx_server.missing()
    if why:
        tally.skip("a running nginx", why)
        tally.ok()
        tally.finish()
    decide = os.path.join(given.build, "tests", "route", "decide")
    numbers = [given.case] if given.case is not None else range(given.seed, given.seed + given.count)
    cases = [Case(number) for number in numbers]
    with nginx_server.Nginx([case.layout for case in cases]) as nginx:
        tally.run(lambda case: compare(decide, nginx, case, given.v), cases)
    tally.finish()


if __name__ == "__main__":
    main()
