"""Plain Ingress by the words of its API, as slowly as possible: every path of every Ingress is looked at
for every request. Written from the documentation alone ("Ingress", path types, multiple matches, hostname
wildcards, default backend, TLS), for tests to hold the program's own table against.

Generator makes random sets of such Ingresses.
"""

import random

HOSTS = ["a.example", "b.example", "x.a.example", "*.a.example", "*.b.example", "Upper.Example", ""]
PATHS = ["/", "/app", "/app/", "/app/v1", "/app/v1/", "/api", "/App", "/a", "/ap", "/app/v1/deep", "/x-y_z~", "/v1.0",
         "/a b", "/caf\u00e9", "/.well-known/x", "/@me;v=1,2", ""]
GLOBS = ["/*", "/app/*", "/shop*", "/v[0-9]+"]
FOREIGN = {
    "traefik.ingress.kubernetes.io/router.entrypoints": "web",
    "alb.ingress.kubernetes.io/scheme": "internal",
    "haproxy.org/timeout-server": "5s",
}
GUARDS = {
    "traefik.ingress.kubernetes.io/router.middlewares": "web-auth@kubernetescrd",
    "konghq.com/plugins": "key-auth",
    "haproxy.org/allow-list": "10.0.0.0/8",
}
SERVICE_GUARD = "cloud.google.com/backend-config"


class Generator:
    """Each path has a Service of its own, so that an answer tells which path gave it."""

    def __init__(self, number):
        self.random = random.Random(number)
        self.hosts = self.random.sample(HOSTS, self.random.randint(1, 4))
        self.documents, self.services, self.count = [], [], 0

    def pick(self, values):
        return self.random.choice(values)

    def chance(self, part):
        return self.random.random() < part

    def make(self):
        for i in range(self.random.randint(1, 5)):
            self.documents.append(self.ingress(i))
        return self.documents + self.services

    def backend(self, namespace):
        name = "s%d" % self.count
        self.count += 1
        if self.chance(0.04):
            return {"resource": {"apiGroup": "storage.example", "kind": "Bucket", "name": name}}
        named, known = self.chance(0.2), self.chance(0.85)
        if known:
            notes = {SERVICE_GUARD: '{"default": "iap"}'} if self.chance(0.04) else {}
            self.services.append({"apiVersion": "v1", "kind": "Service",
                                  "metadata": {"name": name, "namespace": namespace, "annotations": notes},
                                  "spec": {"ports": [{"name": "web", "port": 8080}, {"name": "http", "port": 80}]}})
        port = {"name": self.pick(["http"] * 5 + ["absent"])} if named else {"number": self.pick([80] * 9 + [81])}
        return {"service": {"name": name, "port": port}}

    def rule(self, namespace):
        rule, taken = {}, set()
        host = self.pick(self.hosts)
        if host:
            rule["host"] = host
        if self.chance(0.06):
            return rule
        rule["http"] = {"paths": []}
        for _ in range(self.pick([1, 2, 3, 4])):
            kind = self.pick(["Prefix"] * 5 + ["Exact"] * 3 + ["ImplementationSpecific"])
            path = self.pick(PATHS[:-1] if kind != "ImplementationSpecific" else PATHS + GLOBS * 2)
            if (kind, path) not in taken:
                taken.add((kind, path))
                rule["http"]["paths"].append({"path": path, "pathType": kind, "backend": self.backend(namespace)})
        return rule

    def tls(self):
        names = [h for h in self.hosts if h] + ["*.a.example"]
        entry = {"hosts": self.random.sample(names, min(len(names), self.random.randint(1, 2)))}
        if self.chance(0.2):
            entry = {}
        if self.chance(0.85):
            entry["secretName"] = self.pick(["cert", "other"])
        return entry

    def ingress(self, i):
        namespace = self.pick(["default", "default", "web"])
        notes = {}
        if self.chance(0.15):
            notes.update([self.pick(list(FOREIGN.items()))])
        if self.chance(0.08):
            notes.update([self.pick(list(GUARDS.items()))])
        meta = {"name": "in-%d" % i, "namespace": namespace, "annotations": notes}
        if self.chance(0.8):
            meta["creationTimestamp"] = "2024-01-%02dT00:00:00Z" % self.random.randint(1, 3)
        spec = {"ingressClassName": "example"}  # one controller: others have tables of their own
        if self.chance(0.25):
            spec["defaultBackend"] = self.backend(namespace)
        if "defaultBackend" not in spec or self.chance(0.7):
            spec["rules"] = [self.rule(namespace) for _ in range(self.pick([1, 1, 2]))]
        if self.chance(0.4):
            spec["tls"] = [self.tls() for _ in range(self.pick([1, 1, 2]))]
        return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": meta, "spec": spec}


# ---- the model ----


def escaped(path):
    """What a client sends for it."""
    out = ""
    for byte in path.encode("utf-8"):
        sign = chr(byte)
        out += sign if sign.isascii() and (sign.isalnum() or sign in "/-._~!$&'()*+,;=:@") else "%%%02X" % byte
    return out


def elements(path):
    return path.split("/")


def covers(pattern, host):
    """Equal, or the wildcard stands for exactly one label."""
    pattern, host = pattern.lower(), host.lower()
    if pattern.startswith("*."):
        return "." in host and host.split(".", 1)[0] != "" and host.split(".", 1)[1] == pattern[2:]
    return pattern == host


class Path:
    def __init__(self, ingress, where, host, entry):
        self.ingress, self.where, self.host = ingress, where, host.lower()
        kind, path = entry.get("pathType"), entry.get("path") or "/"
        self.exact = kind == "Exact"
        if kind == "ImplementationSpecific" and path.endswith("/*"):
            path = path[:-1]
        if not self.exact and path.endswith("/"):
            path = path[:-1]
        self.path, self.backend = escaped(path), entry["backend"]

    def takes(self, path):
        if self.exact:
            return path == self.path
        own = elements(self.path)
        return elements(path)[:len(own)] == own

    def order(self):
        """Smaller is better: the longest path, Exact before Prefix, then the older Ingress."""
        return (-len(self.path), not self.exact, self.ingress.age, self.where)


class Ingress:
    def __init__(self, document):
        self.spec, meta = document["spec"], document["metadata"]
        self.name, self.namespace = meta["name"], meta["namespace"]
        self.age = (meta.get("creationTimestamp", "9999"), self.namespace, self.name)
        self.rules = self.spec.get("rules", [])
        self.default = self.spec.get("defaultBackend")
        self.guards = [k for k in meta.get("annotations", {}) if k in GUARDS]

    def paths(self):
        for r, rule in enumerate(self.rules):
            for p, entry in enumerate(rule.get("http", {}).get("paths", [])):
                yield Path(self, (r, p), rule.get("host", ""), entry)

    def hosts(self):
        return [r.get("host", "").lower() for r in self.rules]

    def certificate(self, host):
        """The Secret ("" is the controller's own) of the first entry for a host; None without one."""
        for entry in self.spec.get("tls", []):
            if not entry.get("hosts") or any(n.lower() == host or (not host.startswith("*") and covers(n, host))
                                             for n in entry["hosts"]):
                return entry.get("secretName", "")
        return None


class Controller:
    def __init__(self, documents):
        self.ingresses = sorted((Ingress(d) for d in documents if d["kind"] == "Ingress"), key=lambda i: i.age)
        self.services = {(d["metadata"]["namespace"], d["metadata"]["name"]): d for d in documents if d["kind"] == "Service"}
        self.paths = [p for i in self.ingresses for p in i.paths()]

    def named(self):
        """Hosts that requests can be for: with a path, or with a default backend of their own."""
        hosts = {p.host for p in self.paths}
        for ingress in self.ingresses:
            if ingress.default:
                hosts |= set(ingress.hosts()) | {""}
        return hosts

    def host(self, name):
        hosts = self.named()
        for pattern in (name.lower(), "*." + name.lower().partition(".")[2], ""):
            if pattern in hosts and (pattern == "" or covers(pattern, name)):
                return pattern
        return None

    def certificate(self, name):
        host = self.host(name)
        for ingress in self.ingresses if host is not None else []:
            concerned = host in ingress.hosts() or (host == "" and ingress.default)
            if concerned and ingress.certificate(host) is not None:
                return ingress.certificate(host)
        return None

    def answer(self, scheme, name, path):
        """("close",), (status,), or (namespace, kind, name, port or None, whether it is guarded)."""
        if scheme == "https" and self.certificate(name) is None:
            return ("close",)
        host = self.host(name)
        if host is None:
            return ("404",)
        fitting = [p for p in self.paths if p.host == host and p.takes(path)]
        if fitting:
            best = min(fitting, key=Path.order)
            return self.backend(best.ingress, best.backend)
        for ingress in self.ingresses:
            if ingress.default and (host == "" or host in ingress.hosts()):
                return self.backend(ingress, ingress.default)
        return ("404",)

    def backend(self, ingress, backend):
        guarded = bool(ingress.guards)
        if "resource" in backend:
            return (ingress.namespace, backend["resource"]["kind"], backend["resource"]["name"], None, guarded)
        name, port = backend["service"]["name"], backend["service"]["port"]
        service = self.services.get((ingress.namespace, name))
        number = port.get("number")
        if not service and any(namespace == ingress.namespace for namespace, _ in self.services):
            return ("503",)
        if service:
            guarded |= SERVICE_GUARD in service["metadata"]["annotations"]
            fitting = [p["port"] for p in service["spec"]["ports"] if port in ({"name": p["name"]}, {"number": p["port"]})]
            if not fitting:
                return ("503",)
            number = fitting[0]
        return (ingress.namespace, "Service", name, number, guarded)


def requests(documents):
    """(scheme, host, path) that tell the paths of a set apart."""
    hosts, paths = {"other.example", "y.a.example", "deep.y.a.example", "b.example"}, {"/", "/unknown", "//app", "/app//x"}
    for document in documents:
        if document["kind"] != "Ingress":
            continue
        for path in Ingress(document).paths():
            bare = path.path.rstrip("/")
            paths |= {path.path or "/", bare + "/", bare + "/x", (bare or "/") + "x", bare.swapcase() or "/", bare or "/"}
            if path.host and not path.host.startswith("*"):
                hosts |= {path.host, path.host.upper()}
    for host in sorted(hosts):
        for path in sorted(paths):
            for scheme in ("http", "https"):
                yield scheme, host, path
