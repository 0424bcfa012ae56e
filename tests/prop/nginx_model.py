"""How ingress-nginx answers a request: a small second opinion, written from the controller's behaviour
and not from our converter. It covers servers, locations, regex mode, rewrites, redirects and canaries;
timeouts, headers and access checks are left to other tests.
"""

import functools
import re

PREFIX = "nginx.ingress.kubernetes.io/"
EXEMPT = "/.well-known/acme-challenge"


class Answer:
    """What a client sees. kind: "redirect" (status, scheme, host, port, path), "backend" (shares of
    (namespace, service), host and path sent) or "error". `by`: who decided, for messages."""

    def __init__(self, kind, by="", **fields):
        self.kind, self.by, self.fields = kind, by, fields

    def __eq__(self, other):
        return self.kind == other.kind and self.fields == other.fields

    def __str__(self):
        return "%s %s (%s)" % (self.kind, self.fields, self.by) if self.fields else \
            "%s (%s)" % (self.kind, self.by)


class Request:
    def __init__(self, scheme, host, path, headers=(), why=""):
        self.scheme, self.host, self.path = scheme, host, path
        self.headers, self.why = dict(headers), why

    def __str__(self):
        return "GET %s://%s%s %s[%s]" % (self.scheme, self.host, self.path,
                                         self.headers or "", self.why)


def normalise(path):
    """Merged slashes; the requests of this test hold no dots and no escapes."""
    return re.sub("/+", "/", path)


@functools.lru_cache(None)
def pattern(text):
    return re.compile(text, re.I | re.A)


class Ingress:
    def __init__(self, value):
        meta, spec = value["metadata"], value.get("spec", {})
        self.name, self.namespace = meta["name"], meta.get("namespace", "default")
        self.created, self.spec = meta.get("creationTimestamp", ""), spec
        self.notes = {k[len(PREFIX):]: v for k, v in meta.get("annotations", {}).items()
                      if k.startswith(PREFIX)}

    def __str__(self):
        return "%s/%s" % (self.namespace, self.name)

    def note(self, key):
        return self.notes.get(key, "")

    def flag(self, key, default=False):
        return self.notes[key] == "true" if key in self.notes else default

    def paths(self):
        for rule in self.spec.get("rules", []):
            for path in rule.get("http", {}).get("paths", []):
                yield (rule.get("host") or "").lower(), path


class Location:
    """`bare`: redirects and rewrites of the owner do not apply."""

    def __init__(self, owner, path, exact, backend, bare=False):
        self.owner, self.path, self.exact, self.bare = owner, path, exact, bare
        self.backend = backend and (owner.namespace, backend["service"]["name"])
        self.canary = None

    def rewrites(self, name):
        """A target is compared with the name of the location."""
        target = self.owner.note("rewrite-target")
        return bool(target) and not self.bare and target != name

    def rewrite(self):
        """The target, or "" where nothing is rewritten. A Prefix "/a" is called "/a/" when its name
        is compared."""
        renamed = not self.exact and self.path != "/" and not self.path.endswith("/")
        return self.owner.note("rewrite-target") if self.rewrites(self.path + "/" * renamed) else ""

    def rewritten(self):
        """What is searched for: of the twins "/a/" and "/a" with the target "/a" only the first is
        rewritten."""
        return self.path if self.rewrites(self.path) else self.path + "/"

    def redirect(self):
        if self.bare:
            return ""
        return self.owner.note("temporal-redirect") or self.owner.note("permanent-redirect")

    def code(self):
        """Of the redirect; what is out of range is replaced."""
        temporal = bool(self.owner.note("temporal-redirect"))
        usual, most = (302, 307) if temporal else (301, 308)
        code = int(self.owner.note("%s-redirect-code" % ("temporal" if temporal else "permanent")) or usual)
        return code if 300 <= code <= most else usual


class Server:
    def __init__(self, name):
        self.name, self.locations, self.owners, self.aliases = name, [], [], []
        self.tls = self.regex = self.www = False

    def find(self, path, exact):
        return next((l for l in self.locations if l.path == path and l.exact == exact), None)

    def make_root(self):
        """The controller makes up the "/" that is missing, with the settings of the oldest Ingress. The
        default server is there before all Ingresses: its root inherits nothing from one that has no
        backend for it."""
        catch_all = [o for o in self.owners if o.spec.get("defaultBackend") and not o.spec.get("rules")]
        if not self.find("/", False) and (self.owners if self.name else catch_all):
            owner = self.owners[0] if self.name else catch_all[0]
            self.locations.append(Location(owner, "/", False, owner.spec.get("defaultBackend"), not self.name))

    def is_refused(self):
        """Prefix "/a" and Prefix "/a/" become one location, twice: nginx does not start with it."""
        return not self.regex and any(self.find(l.path + "/", False) for l in self.locations if not l.exact)

    def finish(self):
        self.regex = any((l.owner.flag("use-regex") and not l.bare) or l.rewrite() for l in self.locations)
        self.locations.sort(key=lambda l: l.path != "/" or l.exact)  # the root is there first
        self.locations.sort(key=lambda l: l.path.encode(), reverse=True)
        self.locations.sort(key=lambda l: -len(l.path.encode()))

    def name_of(self, location):
        """Beside an Exact path of its name, a Prefix keeps only the twin with the slash, in regex mode too."""
        if location.exact or location.path == "/" or not self.find(location.path, True) or location.rewrites(location.path) \
                or (location.owner.flag("use-regex") and not location.bare):
            return location.path
        return location.path.rstrip("/") + "/"

    def locate(self, uri):
        """The location, and where nginx redirects to add a slash (or None)."""
        if self.regex:
            return next((l for l in self.locations if pattern("^" + self.name_of(l)).search(uri)), None), None
        exact = self.find(uri, True)
        if exact:
            return exact, None
        same = self.find(uri, False)  # a Prefix has a twin for its bare path
        if same:
            return same, None
        slashed = self.find(uri + "/", True) or self.find(uri + "/", False)
        if slashed and uri:
            return slashed, uri + "/"
        fits = [l for l in self.locations if not l.exact and uri.startswith(l.path.rstrip("/") + "/")]
        return max(fits, key=lambda l: len(l.path.rstrip("/")), default=None), None


def is_older(a):
    """First come the old ones; of one age the greater name."""
    return (a.created, [-ord(c) for c in str(a)] + [1])


class Controller:
    def __init__(self, documents):
        self.services = {(d["metadata"].get("namespace", "default"), d["metadata"]["name"])
                         for d in documents if d["kind"] == "Service"}
        everyone = sorted((Ingress(d) for d in documents if d["kind"] == "Ingress"), key=is_older)
        self.servers = {"": Server("")}
        self.ingresses = [i for i in everyone if not i.flag("canary")]
        for ingress in self.ingresses:
            self.add(ingress)
        for server in self.servers.values():
            server.make_root()
        for ingress in everyone:
            if ingress.flag("canary"):
                self.add_canary(ingress)
        for server in self.servers.values():
            server.finish()
        self.names()

    def server(self, host, owner):
        server = self.servers.setdefault(host, Server(host))
        if owner not in server.owners:
            server.owners.append(owner)
        if host and owner.spec.get("tls"):
            server.tls = True
        return server

    def add(self, ingress):
        for rule in ingress.spec.get("rules", []):
            self.server((rule.get("host") or "").lower(), ingress)
        for host, path in ingress.paths():
            server, exact = self.server(host, ingress), path.get("pathType") == "Exact"
            if not server.find(path["path"], exact):
                server.locations.append(Location(ingress, path["path"], exact, path["backend"]))
                server.www |= ingress.flag("from-to-www-redirect")
        if not ingress.spec.get("rules"):
            self.server("", ingress)

    def add_canary(self, ingress):
        for host, path in ingress.paths():
            server = self.servers.get(host)
            primary = server and server.find(path["path"], path.get("pathType") == "Exact")
            if primary and not primary.canary:
                primary.canary = Location(ingress, primary.path, primary.exact, path["backend"])

    def names(self):
        """Names beside the hosts: aliases, and www or its absence."""
        self.aliases, self.www = {}, {}
        for server in sorted(self.servers.values(), key=lambda s: s.name or "_"):
            for owner in server.owners:
                if owner.note("server-alias"):
                    for name in owner.note("server-alias").split(","):
                        if name.strip() and name.strip() not in self.servers:
                            self.aliases.setdefault(name.strip(), server)
                    break
            if server.www and server.name:
                other = server.name[4:] if server.name.startswith("www.") else "www." + server.name
                if not server.name.startswith("*") and other not in self.servers:
                    self.www[other] = server

    def choose(self, host):
        host = host.lower()
        if host in self.servers:
            return self.servers[host]
        if host in self.aliases:
            return self.aliases[host]
        label, _, rest = host.partition(".")
        return self.servers.get("*." + rest) if re.fullmatch(r"[\w-]+", label) and "*." + rest in self.servers \
            else self.servers[""]

    def has_tls(self, host):
        """The host itself, or the wildcard that covers it."""
        wildcard = self.servers.get("*." + host.partition(".")[2])
        exact = self.servers.get(host)
        return bool(exact and exact.tls or wildcard and wildcard.tls)

    def answer(self, request):
        host = request.host.lower()
        if host in self.www and host not in self.aliases:
            return redirect(308, request.scheme, self.www[host].name, request.path, "www")
        server, uri = self.choose(host), normalise(request.path)
        root = next((l.owner.note("app-root") for l in server.locations if not l.bare and l.owner.note("app-root")), "")
        if root and uri == "/":
            return redirect(302, request.scheme, host, root, "app-root")
        location, slashed = server.locate(uri)
        if location is None:
            return Answer("error", "no location")
        if slashed and location.backend:
            return redirect(301, request.scheme, host, slashed, "slash")
        return self.at(request, location, uri)

    def at(self, request, location, uri):
        owner, by = location.owner, "%s %s" % (location.owner, location.path)
        if location.redirect():
            temporal = bool(owner.note("temporal-redirect"))
            code = owner.note("%s-redirect-code" % ("temporal" if temporal else "permanent"))
            return to_url(int(code or (302 if temporal else 301)), location.redirect(), by)
        target, sent = location.rewrite(), request.path
        if target:
            hit = re.search("(?i)" + location.rewritten(), uri, re.A)
            if hit:
                sent = re.sub(r"\$(\d)", lambda m: group(hit, int(m.group(1))), target)
                if sent.startswith(("http://", "https://")):
                    return to_url(302, sent, by)
                if not sent:
                    return Answer("error", by)
        if self.to_https(request, location):
            return redirect(308, "https", request.host.lower(), request.path, by)
        if owner.note("allowlist-source-range"):
            return Answer("error", by + ", not on the list")
        if not location.backend:
            return Answer("error", by + ", no backend")
        host = owner.note("upstream-vhost") or request.host.lower()
        return Answer("backend", by, shares=shares(request, location), path=sent, host=host)

    def to_https(self, request, location):
        if request.scheme != "http" or location.path.startswith(EXEMPT):
            return False
        return location.owner.flag("force-ssl-redirect") or \
            location.owner.flag("ssl-redirect", True) and self.has_tls(request.host.lower())


def group(hit, number):
    return (hit.group(number) or "") if number <= hit.re.groups else ""


def redirect(status, scheme, host, path, by):
    return Answer("redirect", by, status=status, scheme=scheme, host=host, port=None, path=path)


def to_url(status, url, by):
    parts = re.fullmatch(r"(https?)://([^/:?]+)(?::(\d+))?([^?#]*).*", url)
    scheme, host, port, path = parts.groups()
    usual = {"http": "80", "https": "443"}[scheme]
    return Answer("redirect", by, status=status, scheme=scheme, host=host.lower(),
                  port=None if port in (None, usual) else int(port), path=path or "/")


def shares(request, location):
    """(namespace, service) -> its part of the requests."""
    primary, canary = location.backend, location.canary
    if not canary:
        return {primary: 1.0}
    note, headers = canary.owner.note, {k.lower(): v for k, v in request.headers.items()}
    value = headers.get(note("canary-by-header").lower()) if note("canary-by-header") else None
    if value is not None:
        if note("canary-by-header-value"):
            if value == note("canary-by-header-value"):
                return {canary.backend: 1.0}
        elif note("canary-by-header-pattern"):
            if re.search(note("canary-by-header-pattern"), value):
                return {canary.backend: 1.0}
        elif value in ("always", "never"):
            return {canary.backend if value == "always" else primary: 1.0}
    cookie = dict(part.strip().partition("=")[::2] for part in headers.get("cookie", "").split(";"))
    value = cookie.get(note("canary-by-cookie")) if note("canary-by-cookie") else None
    if value in ("always", "never"):
        return {canary.backend if value == "always" else primary: 1.0}
    total = max(100, int(note("canary-weight-total") or 100))
    part = min(max(0, int(note("canary-weight") or 0)) / total, 1.0)
    return {b: round(p, 6) for b, p in ((primary, 1 - part), (canary.backend, part)) if p}
