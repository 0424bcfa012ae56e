"""How a Gateway answers a request, read from the objects we wrote: listeners with isolation, hostnames,
precedence of matches, filters and weights, as Gateway API states them. Regular expressions are those
of RE2, the whole path, longer ones first, between Exact and PathPrefix.
"""

import functools
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden"))

import re2  # noqa: E402
from nginx_model import Answer  # noqa: E402
from references import intersect  # noqa: E402


@functools.lru_cache(None)
def pattern(text):
    """RE2 keeps a flag from where it stands to the end of its group: with nothing but signs before it,
    that is the whole pattern."""
    head, flag, _ = text.partition("(?i)")
    if flag and re.search("[A-Za-z]", head):
        raise ValueError("letters before the flag in %r" % text)
    return re.compile(re2.translate(text.replace("(?i)", "")), re.A | (re.I if flag else 0))


def covers(hostname, host):
    """A wildcard stands for one label or more."""
    return not hostname or hostname == host or hostname.startswith("*.") and \
        host.endswith(hostname[1:]) and len(host) > len(hostname) - 1


def specificity(hostname):
    return (bool(hostname) and not hostname.startswith("*"), len(hostname))


class Candidate:
    """One match of one rule of one route."""

    def __init__(self, hostname, route, number, match, rule):
        self.hostname, self.route, self.number, self.rule = hostname, route, number, rule
        path = match.get("path", {})
        self.kind, self.value = path.get("type", "PathPrefix"), path.get("value", "/")
        self.headers = match.get("headers", [])
        name = "%s/%s" % (route["metadata"].get("namespace", "default"), route["metadata"]["name"])
        kind = {"Exact": 2, "RegularExpression": 1, "PathPrefix": 0}[self.kind]
        self.order = ([-int(s) for s in specificity(hostname)], -kind, -len(self.value),
                      -len(self.headers), name, number)

    def __str__(self):
        return "%s rule %d, %s %s" % (self.route["metadata"]["name"], self.number, self.kind, self.value)

    def takes(self, request):
        return self.takes_path(request.path) and all(
            self.takes_header(h, request.headers) for h in self.headers)

    def takes_path(self, path):
        if self.kind == "Exact":
            return path == self.value
        if self.kind == "RegularExpression":
            return pattern(self.value).fullmatch(path) is not None
        prefix = self.value.rstrip("/")
        return path == prefix or path.startswith(prefix + "/")

    @staticmethod
    def takes_header(want, headers):
        value = next((v for k, v in headers.items() if k.lower() == want["name"].lower()), None)
        if value is None:
            return False
        if want.get("type") == "RegularExpression":
            return pattern(want["value"]).fullmatch(value) is not None
        return value == want["value"]


class Gateways:
    def __init__(self, objects):
        self.routes = [o for o in objects if o["kind"] == "HTTPRoute"]
        self.listeners = {}
        for holder in objects:
            if holder["kind"] in ("Gateway", "ListenerSet"):
                for listener in holder["spec"].get("listeners", []):
                    key = (listener["port"], listener.get("hostname", ""))
                    self.listeners[key] = (holder, listener, [])
        for route in self.routes:
            self.attach(route)
        for _, _, candidates in self.listeners.values():
            candidates.sort(key=lambda c: c.order)

    def attach(self, route):
        for holder, listener, candidates in self.listeners.values():
            if any(self.refers(ref, route, holder, listener) for ref in route["spec"]["parentRefs"]):
                for hostname in route["spec"].get("hostnames") or [""]:
                    shared = intersect(listener.get("hostname", ""), hostname)
                    if shared is not None:
                        self.add(candidates, shared, route)

    @staticmethod
    def refers(ref, route, holder, listener):
        return (ref.get("kind", "Gateway") == holder["kind"] and ref["name"] == holder["metadata"]["name"]
                and ref.get("namespace", route["metadata"].get("namespace"))
                == holder["metadata"].get("namespace")
                and ref.get("sectionName", listener["name"]) == listener["name"])

    @staticmethod
    def add(candidates, hostname, route):
        for number, rule in enumerate(route["spec"].get("rules", [])):
            for match in rule.get("matches") or [{}]:
                candidates.append(Candidate(hostname, route, number, match, rule))

    def choose(self, request):
        port, host = {"http": 80, "https": 443}[request.scheme], request.host.lower()
        fitting = [(specificity(h), key) for key in self.listeners for p, h in [key]
                   if p == port and covers(h, host)]
        if not fitting:
            return None
        candidates = self.listeners[max(fitting)[1]][2]
        return next((c for c in candidates if covers(c.hostname, host) and c.takes(request)), None)

    def answer(self, request):
        chosen = self.choose(request)
        if chosen is None:
            return Answer("error", "no rule")
        filters = {f["type"]: f for f in chosen.rule.get("filters", [])}
        if "RequestRedirect" in filters:
            return self.redirect(request, chosen, filters["RequestRedirect"]["requestRedirect"])
        return self.forward(request, chosen, filters.get("URLRewrite", {}).get("urlRewrite", {}))

    @staticmethod
    def redirect(request, chosen, spec):
        scheme = spec.get("scheme", request.scheme)
        port = spec.get("port")
        usual = {"http": 80, "https": 443}[scheme]
        return Answer("redirect", str(chosen), status=spec.get("statusCode", 302), scheme=scheme,
                      host=spec.get("hostname", request.host.lower()),
                      port=None if port == usual else port,
                      path=edited(request.path, chosen.value, spec.get("path", {})))

    @staticmethod
    def forward(request, chosen, rewrite):
        refs = chosen.rule.get("backendRefs", [])
        total = sum(ref.get("weight", 1) for ref in refs)
        if not total:
            return Answer("error", "%s has no backend" % chosen)
        own = chosen.route["metadata"].get("namespace", "default")
        parts = {}
        for ref in refs:
            key = (ref.get("namespace", own), ref["name"])
            parts[key] = round(parts.get(key, 0) + ref.get("weight", 1) / total, 6)
        return Answer("backend", str(chosen), shares={k: p for k, p in parts.items() if p},
                      path=edited(request.path, chosen.value, rewrite.get("path", {})),
                      host=rewrite.get("hostname", request.host.lower()))


def edited(path, prefix, change):
    if change.get("type") == "ReplaceFullPath":
        return change["replaceFullPath"]
    if change.get("type") == "ReplacePrefixMatch":
        rest = path[len(prefix.rstrip("/")):]
        return (change["replacePrefixMatch"].rstrip("/") + rest) or "/"
    return path
