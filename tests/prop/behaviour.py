"""What was converted answers as the source does: random Ingresses, asked through a model of
ingress-nginx (nginx_model.py) and, as converted, through a model of a Gateway (gateway_model.py).

usage: behaviour.py [--seed=N] [--count=N] [--case=N]

A case is one number; one that fails is printed with it, in its smallest form that fails in the same way.

Both must give the same redirect, or the same Services in the same shares with the same path, or an
error. A difference is allowed only where a finding about one of the Ingresses involved says so.
"""

import argparse
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "..", "golden"), HERE]

import crd_schema  # noqa: E402
import nginx_model  # noqa: E402
from gateway_model import Gateways  # noqa: E402
from random_ingresses import NGINX, dump, minimise, run_files  # noqa: E402
from tally import Tally  # noqa: E402

SEED, COUNT = 20262, 240
HOSTS = ["a.example", "b.example", "www.c.example", "c.example", "*.a.example", "x.a.example", ""]
LITERALS = ["/", "/app", "/app/v1", "/app/", "/api", "/api/", "/a", "/x-y_z~", "/v1.0", "/App",
            "/.well-known/acme-challenge", "/app/v1/deep"]
# Patterns, and paths at their edges.
IDIOMS = {
    "/app(/|$)(.*)": ["/app", "/app/", "/app/x", "/appx", "/app/x/y"],
    "/api/(.*)": ["/api", "/api/", "/api/x"],
    "/api/?(.*)": ["/api", "/api/", "/apix", "/api/x"],
    "/(.*)": ["/", "/x", "/x/y"],
    "/.*": ["/", "/x"],
    "/app/(.+)": ["/app/", "/app/x"],
    "/app()(.*)": ["/app", "/appx", "/app/x"],
    "/v[0-9]+": ["/v1", "/v", "/v12/x", "/V1", "/va"],
    "/(one|two)/c": ["/one/c", "/two/c/d", "/three/c", "/onec"],
    "/api|/v2": ["/api", "/v2", "/x/v2", "/x/api", "/v2x"],
    "/[A-Z]{3}": ["/abc", "/ab", "/abcd"],
    "/app$": ["/app", "/app/", "/appx"],
    "/a\\.b": ["/a.b", "/axb"],
    "/[^/]+/edit": ["/x/edit", "/x/y/edit", "//edit", "/x/edit/y"],
    "/(?:one|two)": ["/one", "/twox"],
    "/app/v1(/.*)?": ["/app/v1", "/app/v1/x", "/app/v12"],
    "/\\d+/\\w*": ["/1/", "/12/ab-c", "/x/"],
    "/shop/(a|b)/(.*)": ["/shop/a/", "/shop/b/x", "/shop/c/x"],
}
TARGETS = ["/", "/$1", "/$2", "/new", "/new/", "/new/$1", "/new/$2", "/app", "/$1/$2", "https://t.example/y", "new"]
REDIRECTS = ["https://new.example", "https://new.example/p", "http://new.example:8080/p/", "https://b.example/x"]


class Generator:
    """Routing only, with values the controller takes; every path has a Service of its own, so that an
    answer tells which path gave it."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.hosts = self.random.sample(HOSTS, self.random.randint(1, 3))
        self.documents, self.services = [], []

    def pick(self, values):
        return self.random.choice(values)

    def chance(self, part):
        return self.random.random() < part

    def make(self):
        for i in range(self.random.randint(1, 4)):
            self.documents.append(self.ingress(i))
        for ingress in list(self.documents):
            if ingress["spec"].get("rules") and self.chance(0.25):
                self.documents.append(self.canary(ingress))
        return self.documents + self.services

    def service(self, namespace):
        name = "s%d" % len(self.services)
        self.services.append({"apiVersion": "v1", "kind": "Service",
                              "metadata": {"name": name, "namespace": namespace},
                              "spec": {"ports": [{"port": 80}]}})
        return {"service": {"name": name, "port": {"number": 80}}}

    def ingress(self, i):
        namespace = self.pick(["default", "default", "web"])
        meta = {"name": "in-%d" % i, "namespace": namespace,
                "creationTimestamp": "2024-01-%02dT00:00:00Z" % (1 + (i * 7 + 3) % 28)}
        notes = self.notes()
        regex = "use-regex" in notes or "rewrite-target" in notes or self.chance(0.1)
        spec = {"ingressClassName": "nginx"}
        if self.chance(0.15):
            spec["defaultBackend"] = self.service(namespace)
        if self.chance(0.95) or "defaultBackend" not in spec:
            spec["rules"] = [self.rule(namespace, regex) for _ in range(self.pick([1, 1, 2]))]
        if self.chance(0.35):
            spec["tls"] = [{"hosts": [h for h in self.hosts if h], "secretName": "cert"}]
        meta["annotations"] = {NGINX + key: value for key, value in notes.items()}
        return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": meta, "spec": spec}

    def notes(self):
        notes = {}
        for key, part, values in (
                ("use-regex", 0.2, ["true"]), ("rewrite-target", 0.2, TARGETS), ("app-root", 0.07, ["/home", "/app"]),
                ("ssl-redirect", 0.15, ["false", "true"]), ("force-ssl-redirect", 0.07, ["true"]),
                ("permanent-redirect", 0.06, REDIRECTS), ("temporal-redirect", 0.05, REDIRECTS),
                ("from-to-www-redirect", 0.06, ["true"]), ("server-alias", 0.06, ["alias.example,x.a.example"]),
                ("allowlist-source-range", 0.06, ["10.0.0.0/8"]), ("upstream-vhost", 0.05, ["inner.example"])):
            if self.chance(part):
                notes[key] = self.pick(values)
        return notes

    def rule(self, namespace, regex):
        rule, taken = {"http": {"paths": []}}, set()
        host = self.pick(self.hosts)
        if host:
            rule["host"] = host
        for _ in range(self.pick([1, 1, 2, 3])):
            path = self.pick(sorted(IDIOMS)) if regex and self.chance(0.6) else self.pick(LITERALS)
            if path in taken:
                continue
            taken.add(path)
            kind = "ImplementationSpecific" if path in IDIOMS else self.pick(["Prefix", "Prefix", "Exact"])
            rule["http"]["paths"].append({"path": path, "pathType": kind, "backend": self.service(namespace)})
        return rule

    def canary(self, primary):
        """For one path of the primary, as it stands there."""
        meta = primary["metadata"]
        rule = self.pick(primary["spec"]["rules"])
        path = dict(self.pick(rule["http"]["paths"]), backend=self.service(meta["namespace"]))
        notes = {"canary": "true"}
        for key, part, values in (
                ("canary-weight", 0.6, ["0", "10", "100"]), ("canary-weight-total", 0.1, ["200"]),
                ("canary-by-header", 0.6, ["X-Canary"]), ("canary-by-header-value", 0.2, ["yes"]),
                ("canary-by-header-pattern", 0.2, ["^y", "es|no"]), ("canary-by-cookie", 0.3, ["c"])):
            if self.chance(part):
                notes[key] = self.pick(values)
        return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
                "metadata": {"name": meta["name"] + "-canary", "namespace": meta["namespace"],
                             "creationTimestamp": "2024-02-01T00:00:00Z",
                             "annotations": {NGINX + k: v for k, v in notes.items()}},
                "spec": {"ingressClassName": "nginx", "rules": [dict(rule, http={"paths": [path]})]}}


# ---- requests ----


def variants(path):
    """A path and its neighbours."""
    bare = path.rstrip("/")
    yield path, "path"
    for more in ("x", "/", "/x", "/x/y/"):
        if bare or more[0] == "/":
            yield bare + more, "below"
    if bare:
        yield bare, "bare"
        yield "/" + path, "slashes"
        yield path.swapcase(), "case"


def requests(documents, model, randomness):
    hosts = {"other.example", "www.a.example", "y.a.example", "deep.y.a.example", "alias.example", "www.c.example"}
    hosts |= {h for h in model.servers if h and not h.startswith("*")}
    paths, headers = {"/": "root", "/unknown": "unknown"}, [{}]
    for document in documents:
        if document["kind"] != "Ingress":
            continue
        for _host, path in nginx_model.Ingress(document).paths():
            for text in IDIOMS.get(path["path"], [path["path"]]):
                for variant, why in variants(text):
                    paths.setdefault(variant, why)
        if "canary" in str(document["metadata"].get("annotations")):
            headers = [{}] + [{"X-Canary": v} for v in ("always", "never", "yes", "no", "")] \
                + [{"Cookie": c} for c in ("c=always", "c=never", "a=b; c=always; d=e", "cc=always")] \
                + [{"X-Canary": "never", "Cookie": "c=always"}, {"X-Canary": "always", "Cookie": "c=never"}]
    for host in sorted(hosts):
        for path, why in sorted(paths.items()):
            for scheme in ("http", "https"):
                if scheme == "http" or model.has_tls(host):
                    for some in headers if len(headers) == 1 else [{}] + randomness.sample(headers, 3):
                        yield nginx_model.Request(scheme, host, path, some, why)


# ---- differences that a finding announces ----


def errs(_request, _want, got):
    """The route was left out or answers 500, or a redirect of another path takes the request: no backend
    gets what was not meant for it."""
    return got.kind != "backend"


def is_to_https(got):
    return got.kind == "redirect" and got.fields["status"] == 308 and got.fields["scheme"] == "https"


def always(_request, _want, _got):
    return True


ANNOUNCED = {
    "I2G204": lambda request, want, got: request.path != request.path.lower() or request.why == "case",
    "I2G208": always,
    "I2G210": always,
    "I2G212": errs, "I2G218": errs, "I2G224": errs, "I2G241": errs, "I2G303": errs, "I2G235": errs,
    "I2G213": lambda request, want, got: request.host.count(".") > 2,
    "I2G501": lambda request, want, got: request.host == "alias.example" and is_to_https(got),
    "I2G503": lambda request, want, got: request.scheme == "https",
}


def same(want, got):
    """Equal but for what no Gateway can say: the slash that nginx drops at the end of the HTTPS
    redirect (I2G244), and a Location to a www name."""
    if want == got:
        return True
    if want.kind != got.kind or want.kind != "redirect" or want.fields["status"] != 308:
        return False
    ours, theirs = dict(want.fields), dict(got.fields)
    for fields in (ours, theirs):
        fields["path"] = fields["path"].rstrip("/")
    return ours == theirs


def is_announced(request, want, got, codes, everywhere):
    if "//" in request.path and "I2G216" in everywhere:
        return True
    return any(ANNOUNCED[code](request, want, got) for code in codes if code in ANNOUNCED)


def involved(document_codes, request, controller):
    """Codes of findings about the Ingress that answers, and about those that share its host."""
    server = controller.choose(request.host)
    codes = set()
    for owner in server.owners:
        codes |= document_codes.get((owner.namespace, owner.name), set())
    for name, wildcard in controller.servers.items():
        if name.startswith("*.") and request.host.endswith(name[1:]):
            for owner in wildcard.owners:
                codes |= document_codes.get((owner.namespace, owner.name), set()) & {"I2G213"}
    return codes


class Complaint(str):
    """kind: what is wrong without the particulars, so that a smaller case is about the same."""

    def __new__(cls, kind, text):
        self = super().__new__(cls, text)
        self.kind = kind
        return self


def differences(documents, seed):
    run = run_files([dump(documents)], [])
    complaints = run.complaints(statuses=(0, 1))
    if complaints:
        return [Complaint("crash", c) for c in complaints]
    controller = nginx_model.Controller(documents)
    if any(server.is_refused() for server in controller.servers.values()):
        return [] if "I2G217" in {f["code"] for f in run.found} else \
            [Complaint("refused", "nginx refuses the configuration, and no finding says so")]
    gateways = Gateways(crd_schema.load(run.out.decode()))
    codes = {}
    for finding in run.found:
        if "object" in finding:
            key = (finding["object"].get("namespace", "default"), finding["object"]["name"])
            codes.setdefault(key, set()).add(finding["code"])
    everywhere = {f["code"] for f in run.found if "object" not in f}
    found = []
    for request in requests(documents, controller, random.Random(seed)):
        want = controller.answer(request)
        got = gateways.answer(request)
        if not same(want, got) and not is_announced(
                request, want, got, involved(codes, request, controller), everywhere):
            found.append(Complaint((want.kind, got.kind, want.fields.get("status"), got.fields.get("status")),
                                   "differs: %s\n    nginx:   %s\n    gateway: %s" % (request, want, got)))
    return found


class Case:
    def __init__(self, number):
        self.number = number
        self.documents = Generator(number).make()

    def __str__(self):
        return "case %d" % self.number


def is_optional(way):
    """What an Ingress can lose and still be one the models agree on."""
    return isinstance(way[-1], int) or way[-1] in ("tls", "defaultBackend") or "annotations" in way[-2:-1]


def judge(case):
    complaints = differences(case.documents, case.number)
    if not complaints:
        return []

    def fails(documents):
        try:
            return complaints[0].kind in [c.kind for c in differences(documents, case.number)]
        except (KeyError, TypeError, AttributeError, ValueError):
            return False

    small = minimise(case.documents, fails, is_optional)
    return (differences(small, case.number) or complaints)[:3] + ["", "ingress2gw convert - <<'END'"] \
        + dump(small).splitlines() + ["END"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--case", type=int)
    given = parser.parse_args()
    tally = Tally("behaviour")
    numbers = [given.case] if given.case is not None else range(given.seed * 1000, given.seed * 1000 + given.count)
    tally.run(judge, [Case(number) for number in numbers])
    tally.finish()


if __name__ == "__main__":
    main()
