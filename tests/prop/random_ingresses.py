"""Random input sets: whatever the Ingresses, Services, Secrets and options say, the program ends with a
status of its own, accounts for every item, writes legal objects, gives the same bytes for the same
documents in any order, and never hands a guarded path to its backend.

usage: random_ingresses.py [--seed=N] [--count=N] [--case=N]

A case is one number: --case repeats it alone. A case that fails is printed in its smallest form that
still fails in the same way.
"""

import argparse
import collections
import json
import os
import random
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "..", "golden")]

import yaml  # noqa: E402

import crd_schema  # noqa: E402
import program  # noqa: E402
from tally import Tally, diff  # noqa: E402

SEED, COUNT = 20261, 300
NGINX = "nginx.ingress.kubernetes.io/"
NAMESPACES = ["default", "web", "shop", "ingress-nginx"]
HOSTS = ["a.example", "b.example", "www.a.example", "*.a.example", "*.b.example", "x.a.example",
         "UPPER.example", "xn--bcher-kva.example", "a-b.c-d.example"]
ODD_HOSTS = ["", "*", "a.example.", "a.example:80", "192.0.2.1", "foo.*.example", "-a.example",
             "${HOST}", "a_b.example", "a" * 64 + ".example", "x." * 130 + "example", "*.*.a.example",
             "~^a.*$", " a.example"]
WORDS = ["/", "/app", "/app/v1", "/api", "/a", "/A", "/v1.0", "/.well-known/acme-challenge", "/x-y_z~",
         "/shop/cart", "/app/v1/deep/er", "/@me", "/a,b;c=d", "/über", "/a b", "/a:b"]
SLASHED = ["/app/", "/api/", "/app/v1/", "/a//b", "//", "/./", "/a/../b", "/a/.", "/a/..", "/%2F",
           "/a%2fb", "/a%20b", "/a#b", "/a?b=c", "/%", "/%zz"]
IDIOMS = ["/app(/|$)(.*)", "/api/(.*)", "/api/?(.*)", "/(.*)", "/.*", "/app/(.+)$", "/v[0-9]+",
          "/(a|b)/c", "/api|/v2", "/[A-Z]{3}", "/a{2,}", "/^app$", "/app$", "^/app", "/(?i)app",
          "/(?!admin).*", "/(?=a)", "/a(?:b)c", "/\\d+/\\w*", "/a\\.b", "/[^/]+/edit", "/a+?b",
          "/(?<id>[0-9]+)", "/\\bword\\b", "/(a)\\1", "/[[:alpha:]]+", "/\\p{L}+", "/a++", "/(?>a)b"]
BROKEN = ["", "app", "/(", "/[a", "/a)", "/*", "/a{9999}", "/\\", "/a\tb", "/a\nb", "/a\u0000b", "/\u2028",
          "/{{ .Values.path }}", "/${P}", "/" + "x" * 1022, "/" + "x" * 1023, "/" + "x" * 1024, "/" + "y/" * 3000,
          "/" + "(a|b)" * 300, "/;", "/\"q\"", "/a}b", "/$1", "/ü" * 400]
BOOLS = ["true", "false", "TRUE", "1", "t", "yes", "", " true", "on"]
INTEGERS = ["0", "1", "5", "60", "100", "308", "-1", "99999999999999999999", "1.5", "ten", "", "0x10", "+5", " 7"]
NETWORKS = ["10.0.0.0/8", "10.0.0.0/8,192.0.2.1", "0.0.0.0/0", "::/0", "2001:db8::/32", "10.0.0.0/33",
            "example.com", "", "10.1.2.3 , 10.1.2.4", "10.0.0.1/8,", "all"]
URLS = ["http://auth.web.svc.cluster.local/verify", "https://auth.example/check?x=1", "/local",
        "http://auth.web.svc:8080/$request_uri", "https://$host/start", "ftp://x/y", "http://", "x",
        "", "https://new.example", "https://new.example:8443/p/q?r=s#t", "http://192.0.2.1/x",
        "https://[2001:db8::1]/x", "https://UPPER.example/", "http://a b/"]
TEXTS = ["x", "$host", "$request_uri", "a b", "", "0", "caf\u00e9", "x" * 5000, "a,b,c", "always", "never",
         "a\nb", "\"q\"", "'", "{{ x }}", "null", "~", "X-Header", "X-One,X-Two", "*", "off", "on"]
SNIPPETS = ["deny all;", "allow 10.0.0.0/8;\ndeny all;", "return 403;", "more_set_headers \"X-A: b\";",
            "add_header X-A b always;", "rewrite ^/old/(.*)$ /new/$1 permanent;", "return 301 /x;",
            "if ($http_x = y) { return 403; }", "proxy_set_header X-A $host;", "limit_req zone=a;", "}",
            "location /x { deny all; }", "# only a comment", "auth_basic off;", "proxy_pass http://x;",
            "set $a \"b;c\";", "satisfy any;", "include /etc/nginx/x;", "'"]

# Keys that guard whatever else the Ingress says, with values the controller takes.
GUARDS = [
    {"auth-type": "basic", "auth-secret": "users"},
    {"auth-type": "digest", "auth-secret": "users"},
    {"auth-url": "http://auth.web.svc.cluster.local/verify"},
    {"auth-url": "https://auth.example/check"},
    {"allowlist-source-range": "10.0.0.0/8"},
    {"whitelist-source-range": "10.0.0.0/8,192.0.2.1"},
    {"denylist-source-range": "203.0.113.0/24"},
    {"auth-tls-secret": "web/clients"},
    {"auth-tls-secret": "web/clients", "auth-tls-verify-client": "on"},
    {"limit-rps": "5"},
    {"limit-rpm": "100", "limit-burst-multiplier": "2"},
    {"limit-connections": "3"},
    {"enable-modsecurity": "true", "enable-owasp-core-rules": "true"},
    {"enable-modsecurity": "true", "modsecurity-snippet": "SecRuleEngine On"},
    {"allowlist-source-range": "10.0.0.0/8", "auth-type": "basic", "auth-secret": "users", "satisfy": "any"},
    {"configuration-snippet": "deny all;"},
    {"configuration-snippet": "allow 10.0.0.0/8;\ndeny all;"},
    {"server-snippet": "if ($http_user_agent ~* bot) { return 403; }"},
]
FOREIGN_GUARDS = [
    {"haproxy.org/whitelist": "10.0.0.0/8"}, {"haproxy.org/auth-type": "basic-auth"},
    {"ingress.kubernetes.io/auth-type": "basic"}, {"nginx.org/basic-auth-secret": "users"},
    {"traefik.ingress.kubernetes.io/router.middlewares": "web-auth@kubernetescrd"},
    {"alb.ingress.kubernetes.io/auth-type": "oidc"}, {"alb.ingress.kubernetes.io/inbound-cidrs": "10.0.0.0/8"},
]
OPTIONS = {
    "ssl-redirect": BOOLS, "force-ssl-redirect": BOOLS, "hsts": BOOLS, "hsts-preload": BOOLS,
    "hsts-max-age": INTEGERS, "use-forwarded-headers": BOOLS, "http-redirect-code": ["301", "308", "303", "999"],
    "no-tls-redirect-locations": ["", "/app", "/.well-known/acme-challenge,/a"], "server-tokens": BOOLS,
    "preserve-trailing-slash": BOOLS, "use-port-in-redirects": BOOLS, "relative-redirects": BOOLS,
    "proxy-body-size": ["1m", "0", "8g", "x"], "annotations-risk-level": ["Critical", "High", "Low", "x"],
    "allow-snippet-annotations": BOOLS, "proxy-read-timeout": INTEGERS, "custom-http-errors": ["404,503", "x"],
    "global-allowed-response-headers": ["X-A,X-B", ""], "no-such-option": ["x"], "limit-req-status-code": ["429"],
    "hide-headers": ["Server,X-Powered-By", ""], "proxy-real-ip-cidr": NETWORKS, "gzip-level": INTEGERS,
}
GUARD_OPTIONS = [{"denylist-source-range": "203.0.113.0/24"}, {"whitelist-source-range": "10.0.0.0/8"},
                 {"block-cidrs": "203.0.113.0/24"}, {"enable-modsecurity": "true"},
                 {"global-auth-url": "http://auth.web.svc.cluster.local/verify"}]
EMITTERS = ["standard"] * 4 + ["envoy-gateway", "istio", "nginx-gateway-fabric", "kong", "traefik",
                               "cilium", "kgateway", "gke"]


class Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data):
        return True


def dump(documents):
    return yaml.dump_all(documents, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=100000)


# ---- the generator ----


def values_of(kind):
    """Values worth trying for a type of "list annotations": valid, at the edge, and not valid."""
    fixed = {"bool": BOOLS, "int": INTEGERS, "seconds": INTEGERS, "nginx configuration": SNIPPETS,
             "status code": INTEGERS + ["302", "307", "200"],
             "size": ["1m", "8k", "0", "1G", "10MB", "-1", "", "999999999999999999999g"],
             "path": WORDS + SLASHED[:4] + ["/$1", "x"],
             "path with $1 to $9": ["/", "/$1", "/$2", "/new/$1", "/new", "/app", "$1", "/a b", "http://x.example/",
                                    "/$9", "/$10", "", "/new/", "/x?y=z", "/{a}", "https://x.example/$1"],
             "regular expression": IDIOMS + ["always|never", "^a$"],
             "name of a Service": ["web", "api", "missing", "", "BAD_NAME"]}
    if kind in fixed:
        return fixed[kind]
    for word, values in (("network", NETWORKS), ("URL", URLS), ("redirect", URLS), ("host", HOSTS + ODD_HOSTS),
                         ("namespace/name", ["users", "web/users", "web/clients", "missing/x", "a/b/c", "", "/"])):
        if word in kind:
            return values
    words = [w.strip(",") for w in kind.replace(" or ", " ").split()]
    return words + [w.upper() for w in words] + TEXTS


class Generator:
    """One set of documents. Services of guarded Ingresses belong to them alone: where such a name is
    written as a backend, the guard was lost."""

    def __init__(self, seed, annotations):
        self.random = random.Random(seed)
        self.annotations = annotations
        self.hosts = self.random.sample(HOSTS, self.random.randint(1, 4))
        if self.chance(0.3):
            self.hosts.append("")
        if self.chance(0.1):
            self.hosts.append(self.pick(ODD_HOSTS))
        self.namespaces = self.random.sample(NAMESPACES, self.random.randint(1, 3))
        self.guarded = set()
        self.documents, self.args = [], []

    def pick(self, values):
        return self.random.choice(values)

    def chance(self, part):
        return self.random.random() < part

    def documents_and_args(self):
        for i in range(self.random.randint(1, 8)):
            self.documents.append(self.ingress(i))
        self.neighbours()
        self.args.append("--emitter=" + self.pick(EMITTERS))
        if self.chance(0.3):
            self.args.append("--channel=experimental")
        if self.chance(0.1):
            self.args.append("--topology=namespace")
        if self.chance(0.1):
            self.args.append("--listeners=listenerset")
        if self.chance(0.1):
            self.args.append("--copy-labels")
        return self.documents, self.args

    def metadata(self, i):
        meta = {"name": "in-%d" % i, "namespace": self.pick(self.namespaces)}
        if self.chance(0.2):
            meta["name"] = "in-%d-%s" % (i, "long" * self.random.randint(1, 60))
        if self.chance(0.3):
            meta["creationTimestamp"] = "2024-0%d-01T00:00:00Z" % self.random.randint(1, 4)
        if self.chance(0.2):
            meta["labels"] = {"app": self.pick(["web", "shop", ""])}
        return meta

    def ingress(self, i):
        version = self.pick(["networking.k8s.io/v1"] * 8 + ["networking.k8s.io/v1beta1", "extensions/v1beta1"])
        meta, notes = self.metadata(i), {}
        names = None
        canary = i and self.chance(0.2)
        if canary:
            self.canary(notes)
        elif self.chance(0.3):
            notes.update(self.guard())
            names = ["guarded-%d" % i]
            self.guarded.add(names[0])
        for _ in range(self.random.choice([0, 0, 1, 2, 3, 6])):
            self.annotate(notes)
        spec = {}
        self.add_class(spec, notes)
        self.add_rules(spec, version, names)
        self.add_tls(spec)
        if notes:
            meta["annotations"] = notes
        return {"apiVersion": version, "kind": "Ingress", "metadata": meta, "spec": spec}

    def guard(self):
        guards = self.pick(GUARDS * 3 + FOREIGN_GUARDS)
        return {(key if "/" in key else NGINX + key): value for key, value in guards.items()}

    def canary(self, notes):
        notes[NGINX + "canary"] = "true"
        for key, values in (("canary-weight", ["0", "10", "100", "200", "x"]),
                            ("canary-weight-total", ["0", "1", "200", "1000"]),
                            ("canary-by-header", ["X-Canary", "x y", "Host"]),
                            ("canary-by-header-value", ["yes", "", "always"]),
                            ("canary-by-header-pattern", ["^y", "a|b", "(", "(?!x)"]),
                            ("canary-by-cookie", ["c", "a b", "a.b"])):
            if self.chance(0.4):
                notes[NGINX + key] = self.pick(values)

    def annotate(self, notes):
        if self.chance(0.05):
            notes[self.pick(["cert-manager.io/cluster-issuer", "kubernetes.io/tls-acme",
                             "external-dns.alpha.kubernetes.io/target", "haproxy.org/timeout-client",
                             NGINX + "rate-limit", "a.example/" + "k" * 63, "note"])] = self.pick(TEXTS)
            return
        row = self.pick(self.annotations)
        if not row["annotation"].startswith("canary"):
            notes.setdefault(NGINX + row["annotation"], self.pick(values_of(row["type"])))

    def add_class(self, spec, notes):
        if self.chance(0.75):
            spec["ingressClassName"] = "nginx"
        elif self.chance(0.5):
            notes["kubernetes.io/ingress.class"] = self.pick(["nginx", "nginx", "haproxy", ""])
        elif self.chance(0.3):
            spec["ingressClassName"] = self.pick(["haproxy", "internal", "kong"])

    def path(self):
        kind = self.random.random()
        if kind < 0.5:
            return self.pick(WORDS)
        if kind < 0.7:
            return self.pick(SLASHED)
        return self.pick(IDIOMS) if kind < 0.92 else self.pick(BROKEN)

    def backend(self, version, names):
        name = self.pick(names or ["web", "api", "shop", "missing"])
        port = self.pick([80, 80, 8080, 443, "http", "admin", 0, 70000] if self.chance(0.5) else [80])
        if not version.endswith("v1beta1"):
            if self.chance(0.03):
                return {"resource": {"apiGroup": "x.example", "kind": "Bucket", "name": "b"}}
            key = "name" if isinstance(port, str) else "number"
            return {"service": {"name": name, "port": {key: port}}}
        return {"serviceName": name, "servicePort": port}

    def add_rules(self, spec, version, names):
        key = "backend" if version.endswith("v1beta1") else "defaultBackend"
        if self.chance(0.15):
            spec[key] = self.backend(version, names)
        rules = []
        for _ in range(self.random.choice([0, 1, 1, 1, 1, 2, 3])):
            rule, host = {}, self.pick(self.hosts)
            if host:
                rule["host"] = host
            if self.chance(0.95):
                rule["http"] = {"paths": [self.http_path(version, names)
                                          for _ in range(self.random.choice([1, 1, 2, 3, 5]))]}
            rules.append(rule)
        if rules:
            spec["rules"] = rules

    def http_path(self, version, names):
        path = {"backend": self.backend(version, names)}
        if self.chance(0.95):
            path["path"] = self.path()
        if self.chance(0.9):
            path["pathType"] = self.pick(["Prefix", "Prefix", "Exact", "ImplementationSpecific"])
        return path

    def add_tls(self, spec):
        entries = []
        for _ in range(self.random.choice([0, 0, 0, 1, 1, 2])):
            entry = {}
            if self.chance(0.85):
                entry["hosts"] = [self.pick(self.hosts + ["other.example", "*.a.example"])
                                  for _ in range(self.random.choice([0, 1, 1, 2]))]
            if self.chance(0.85):
                entry["secretName"] = self.pick(["cert", "cert", "wildcard", "missing", "BAD NAME", ""])
            entries.append(entry)
        if entries:
            spec["tls"] = entries

    def neighbours(self):
        for namespace in self.namespaces:
            for name in ("web", "api", "shop"):
                if self.chance(0.4):
                    self.add("v1", "Service", name, namespace, spec={"ports": self.pick([
                        [{"name": "http", "port": 80, "targetPort": 8080}], [{"port": 80}],
                        [{"name": "http", "port": 80}, {"name": "admin", "port": 8080, "targetPort": "adm"}],
                        [{"name": "https", "port": 443, "appProtocol": "https"}], []])})
            for name in ("cert", "wildcard", "users", "clients"):
                if self.chance(0.3):
                    self.add("v1", "Secret", name, namespace, type=self.pick(["kubernetes.io/tls", "Opaque"]),
                             data={})
        if self.chance(0.3):
            self.documents.append({"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass",
                                   "metadata": {"name": self.pick(["nginx", "internal"])},
                                   "spec": {"controller": self.pick(["k8s.io/ingress-nginx", "haproxy.org/x"])}})
        if self.chance(0.35):
            self.options()

    def options(self):
        chosen = {key: self.pick(OPTIONS[key])
                  for key in self.random.sample(sorted(OPTIONS), self.random.randint(0, 5))}
        if self.chance(0.2):
            chosen.update(self.pick(GUARD_OPTIONS))
        self.add("v1", "ConfigMap", "ingress-nginx-controller", "ingress-nginx", data=chosen)

    def add(self, version, kind, name, namespace, **more):
        self.documents.append(dict({"apiVersion": version, "kind": kind,
                                    "metadata": {"name": name, "namespace": namespace}}, **more))


# ---- what must hold ----


def run_files(texts, args):
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for i, text in enumerate(texts):
            names.append("%d.yaml" % i)
            with open(os.path.join(folder, names[-1]), "w", encoding="utf-8") as file:
                file.write(text)
        found = os.path.join(folder, "findings.json")
        run = program.convert(names, "--no-comments", "-o", "json=" + found, *args, cwd=folder)
        run.found = []
        if os.path.exists(found):
            with open(found, encoding="utf-8") as file:
                run.found = json.load(file)["findings"]
        return run


def placed(run):
    """Findings about an object say where; others are about the whole run."""
    return ["place: %s has no place: %s" % (f["code"], f["message"]) for f in run.found
            if "object" in f and not ("file" in f and f.get("line", 0) > 0 and f.get("column", 0) > 0)]


def identity(run):
    """Findings whatever the files are called and wherever their lines stand."""
    return sorted(json.dumps({k: v for k, v in f.items() if k not in ("file", "line", "column", "endColumn")},
                             sort_keys=True) for f in run.found)


def guarded_services(documents, run):
    """Services that only guarded Ingresses name, without those whose guard the controller itself
    switches off (I2G330) and those of other controllers' annotations that we say are inert."""
    users = collections.defaultdict(list)
    for document in documents:
        if document["kind"] != "Ingress":
            continue
        for name in services_of(document):
            users[name].append(document)
    open_ones = {(f["object"]["namespace"], f["object"]["name"]) for f in run.found
                 if f["code"] == "I2G330" and "object" in f}
    return {name: notes_of(owners[0]) for name, owners in users.items()
            if name.startswith("guarded-") and is_guarded(owners[0])
            and (owners[0]["metadata"]["namespace"], owners[0]["metadata"]["name"]) not in open_ones}


def exempt_services(documents, run):
    """Services of Ingresses that have a path in the controller's no-auth-locations, whose default is below."""
    places = {(f["object"]["namespace"], f["object"]["name"]) for f in run.found
              if f["code"] == "I2G322" and "object" in f}
    return {name for d in documents if d["kind"] == "Ingress"
            and (d["metadata"]["namespace"], d["metadata"]["name"]) in places for name in services_of(d)}


def is_exempt(rule, notes):
    """Authentication is switched off at these paths by default; no other guard is."""
    paths = [m.get("path", {}).get("value", "/") for m in rule.get("matches", [{}])]
    others = set(notes) & {NGINX + k for guard in GUARDS for k in guard} - {
        NGINX + k for k in ("auth-url", "auth-type", "auth-secret", "satisfy")}
    return not others and all(p.startswith("/.well-known/acme-challenge") for p in paths)


def notes_of(ingress):
    return (ingress.get("metadata") or {}).get("annotations") or {}


def is_guarded(ingress):
    notes = notes_of(ingress)
    return any(all(notes.get(k if "/" in k else NGINX + k) == v for k, v in guard.items())
               for guard in GUARDS + FOREIGN_GUARDS)


def services_of(value):
    """Names of Services anywhere in an Ingress."""
    if isinstance(value, list):
        return [n for item in value for n in services_of(item)]
    if not isinstance(value, dict):
        return []
    found = [value["serviceName"]] if isinstance(value.get("serviceName"), str) else []
    if isinstance(value.get("service"), dict) and isinstance(value["service"].get("name"), str):
        found.append(value["service"]["name"])
    return found + [n for item in value.values() for n in services_of(item)]


def unguarded(documents, run, objects):
    """Rules that hand requests to a Service whose guard is gone."""
    secret = guarded_services(documents, run)
    exempt = exempt_services(documents, run)
    certificates = any(o["kind"] == "Gateway" and "frontend" in o["spec"].get("tls", {}) for o in objects)
    complaints = []
    for route in objects:
        if not route["kind"].endswith("Route"):
            continue
        for i, rule in enumerate(route["spec"].get("rules", [])):
            filters = {f["type"] for f in rule.get("filters", [])}
            for ref in rule.get("backendRefs", []):
                notes = secret.get(ref["name"])
                if notes is None or NGINX + "auth-url" in notes and "ExternalAuth" in filters \
                        or NGINX + "auth-tls-secret" in notes and certificates \
                        or ref["name"] in exempt and is_exempt(rule, notes):
                    continue
                complaints.append("guard: %s %s rule %d sends to %s, which has %s" % (
                    route["kind"], route["metadata"]["name"], i, ref["name"], sorted(notes)))
    return complaints


class Case:
    def __init__(self, number, annotations):
        self.number = number
        generator = Generator(number, annotations)
        self.documents, self.args = generator.documents_and_args()

    def __str__(self):
        return "case %d" % self.number

    def channel(self):
        return "experimental" if "--channel=experimental" in self.args else "standard"


def examine(documents, args, channel, number):
    """Complaints about one set; each begins with the property that is broken."""
    run = run_files([dump(documents)], args + ["--threads=1"])
    complaints = ["crash: " + c for c in run.complaints()]
    if complaints:
        return complaints[:40]
    complaints += ["ledger: " + c for c in program.ledger_complaints(run.report)] + placed(run)
    text = run.out.decode("utf-8", "replace")
    if crd_schema.available():
        complaints += ["legal: " + c for c in crd_schema.check_text(text, channel)[:10]]
    complaints += unguarded(documents, run, crd_schema.load(text))
    return complaints + same_elsewhere(documents, args, number, run)


def same_elsewhere(documents, args, number, run):
    """Shuffled, over several files, with two threads."""
    mixer = random.Random(number)
    mixed = list(documents)
    mixer.shuffle(mixed)
    cut = mixer.randint(0, len(mixed))
    again = run_files([dump(part) for part in (mixed[:cut], mixed[cut:]) if part], args + ["--threads=2"])
    complaints = ["crash: " + c for c in again.complaints()]
    if not complaints and again.out != run.out:
        complaints += ["order: " + diff(run.out.decode(), again.out.decode(), "in order", "shuffled", 30)]
    elif not complaints and identity(again) != identity(run):
        complaints += ["order: " + diff("\n".join(identity(run)), "\n".join(identity(again)), "in order",
                                        "shuffled", 12)]
    return complaints


# ---- the smallest input that still fails ----

BUDGET = 300


def places(value, way=()):
    """Paths of everything that can be left out, big things first."""
    children = list(value.items()) if isinstance(value, dict) else list(enumerate(value)) \
        if isinstance(value, list) else []
    for key, child in children:
        if key not in ("apiVersion", "kind") and way + (key,) != way[:1] + ("metadata",):
            yield way + (key,)
    for key, child in children:
        yield from places(child, way + (key,))


def without(documents, way):
    copy = json.loads(json.dumps(documents))
    at = copy
    for step in way[:-1]:
        at = at[step]
    del at[way[-1]]
    return copy


def minimise(documents, fails, droppable=lambda way: True):
    """Leaves out one thing after the other as long as fails(documents) holds."""
    budget, again = BUDGET, True
    while again and budget > 0:
        again = False
        for way in sorted(filter(droppable, places(documents)), key=len):
            budget -= 1
            smaller = without(documents, way)
            if budget > 0 and smaller and fails(smaller):
                documents, again = smaller, True
                break
    return documents


def class_of(complaints):
    return {c.partition(":")[0] for c in complaints}


def judge(case):
    complaints = examine(case.documents, case.args, case.channel(), case.number)
    if not complaints:
        return []
    kinds = class_of(complaints)

    def fails(documents):
        try:
            return class_of(examine(documents, case.args, case.channel(), case.number)) & kinds
        except (KeyError, TypeError, AttributeError):  # left out what the checks themselves read
            return False

    small = minimise(case.documents, fails)
    complaints = examine(small, case.args, case.channel(), case.number) or complaints
    return complaints + ["", "ingress2gw convert %s - <<'END'" % " ".join(case.args)] \
        + dump(small).splitlines() + ["END"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--case", type=int)
    given = parser.parse_args()
    tally = Tally("random")
    rows = json.loads(program.run(["list", "annotations", "-o", "json"]).out)["annotations"]
    numbers = [given.case] if given.case is not None else range(given.seed * 1000, given.seed * 1000 + given.count)
    tally.run(judge, [Case(number, rows) for number in numbers])
    if not crd_schema.available():
        tally.skip("schema of what is written", crd_schema.REASON)
    tally.finish()


if __name__ == "__main__":
    main()
