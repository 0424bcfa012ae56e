"""Do the objects of one output fit together? What the API server does not look at but a Gateway's
controller does: parents that exist and accept the route, hostnames that some listener has, grants for
references across namespaces, listeners that do not fight, matches that are not there twice.

Objects that the output does not contain (--gateway, Services, Secrets) are taken to exist.
"""

import itertools
import json

GATEWAY_GROUP = "gateway.networking.k8s.io"
ROUTES = {
    "HTTPRoute": ("HTTP", "HTTPS"),
    "GRPCRoute": ("HTTP", "HTTPS"),
    "TLSRoute": ("TLS",),
    "TCPRoute": ("TCP", "TLS"),
    "UDPRoute": ("UDP",),
}
PARENTS = ("Gateway", "ListenerSet")


class Listener:
    def __init__(self, parent, spec):
        self.parent, self.spec = parent, spec
        self.name, self.port, self.protocol = spec["name"], spec.get("port"), spec["protocol"]
        self.hostname = spec.get("hostname", "")

    def __str__(self):
        return "%s listener %s" % (self.parent, self.name)

    def accepts_kind(self, kind):
        kinds = self.spec.get("allowedRoutes", {}).get("kinds")
        if kinds:
            return any(k["kind"] == kind for k in kinds)
        return self.protocol in ROUTES[kind]

    def accepts_namespace(self, namespace):
        allowed = self.spec.get("allowedRoutes", {}).get("namespaces", {})
        return admits(allowed, "Same", self.parent.namespace, namespace)


def admits(allowed, default, own, namespace):
    """Whether a from/selector pair lets a namespace in; labels other than the name are unknown here
    and taken to fit."""
    where = allowed.get("from", default)
    if where in ("All", "None"):
        return where == "All"
    if where == "Same":
        return namespace == own
    selector = allowed.get("selector", {})
    label = "kubernetes.io/metadata.name"
    if selector.get("matchLabels", {}).get(label, namespace) != namespace:
        return False
    for term in selector.get("matchExpressions", []):
        if term["key"] == label:
            inside = namespace in term.get("values", [])
            if {"In": not inside, "NotIn": inside, "DoesNotExist": True}.get(term["operator"], False):
                return False
    return True


def intersect(listener, route):
    """The hostname both agree on; None when there is none. Empty means any."""
    if not listener or not route:
        return listener or route
    if listener == route:
        return route
    if listener.startswith("*.") and route.endswith(listener[1:]):
        return route
    if route.startswith("*.") and listener.endswith(route[1:]):
        return listener
    return None


class Object:
    def __init__(self, value):
        self.value, self.kind = value, value["kind"]
        self.group = value["apiVersion"].rpartition("/")[0]
        self.name = value["metadata"]["name"]
        self.namespace = value["metadata"].get("namespace", "default")
        self.spec = value.get("spec", {})

    def __str__(self):
        return "%s %s/%s" % (self.kind, self.namespace, self.name)


class Output:
    def __init__(self, values):
        self.objects = [Object(value) for value in values]
        self.parents = {(o.kind, o.namespace, o.name): o for o in self.objects if o.kind in PARENTS}
        self.listeners = {o: [Listener(o, spec) for spec in o.spec.get("listeners", [])]
                          for o in self.parents.values()}
        self.grants = [o for o in self.objects if o.kind == "ReferenceGrant"]
        self.complaints = []

    def complain(self, *words):
        self.complaints.append(": ".join(str(word) for word in words))

    def check(self):
        for parent in self.parents.values():
            self.secrets(parent)
        for gateway in (o for o in self.parents.values() if o.kind == "Gateway"):
            self.listeners_differ(gateway)
        for listener_set in (o for o in self.parents.values() if o.kind == "ListenerSet"):
            self.listener_set(listener_set)
        taken = {}
        for route in self.objects:
            if route.kind in ROUTES:
                self.backends(route)
                self.attaches(route, taken)
        return self.complaints

    # ---- listeners ----

    def secrets(self, parent):
        for listener in self.listeners[parent]:
            for ref in listener.spec.get("tls", {}).get("certificateRefs", []):
                self.granted(parent, ref.get("group", ""), ref.get("kind", "Secret"), ref)

    def listener_set(self, listener_set):
        gateway = self.parent(listener_set, listener_set.spec["parentRef"])
        if gateway is None:
            return
        allowed = gateway.spec.get("allowedListeners", {}).get("namespaces", {})
        if not admits(allowed, "None", gateway.namespace, listener_set.namespace):
            self.complain(listener_set, "%s does not allow its listeners" % gateway)

    def listeners_differ(self, gateway):
        """A Gateway and its ListenerSets share one address."""
        mine = list(self.listeners[gateway])
        for other in self.parents.values():
            if other.kind == "ListenerSet" and self.parent(other, other.spec["parentRef"]) is gateway:
                mine += self.listeners[other]
        for a, b in itertools.combinations(mine, 2):
            if a.port != b.port:
                continue
            if a.protocol != b.protocol and {a.protocol, b.protocol} != {"HTTPS", "TLS"}:
                self.complain(a, "shares port %s with %s of another protocol" % (a.port, b))
            elif a.hostname == b.hostname:
                self.complain(a, "has port and hostname of %s" % b)

    # ---- routes ----

    def parent(self, child, ref):
        """The object a parentRef names, or None when it is not part of the output."""
        if ref.get("group", GATEWAY_GROUP) != GATEWAY_GROUP:
            return None
        return self.parents.get((ref.get("kind", "Gateway"), ref.get("namespace", child.namespace),
                                 ref["name"]))

    def attaches(self, route, taken):
        hostnames = route.spec.get("hostnames") or [""]
        dead = set(hostnames)
        for ref in route.spec.get("parentRefs", []):
            parent = self.parent(route, ref)
            if parent is None:
                dead = set()
                continue
            accepted = self.accepting(route, ref, parent)
            served = {h for h in hostnames for l in accepted
                      if intersect(l.hostname.lower(), h.lower()) is not None}
            if accepted and not served:
                self.complain(route, "no hostname in common with %s" % parent)
            dead -= served
            self.matches(route, accepted, taken)
        if not route.spec.get("parentRefs"):
            self.complain(route, "has no parentRefs")
        for hostname in sorted(dead):
            self.complain(route, "no listener serves hostname %r" % hostname)

    def accepting(self, route, ref, parent):
        found = self.listeners[parent]
        if "sectionName" in ref:
            found = [l for l in found if l.name == ref["sectionName"]]
        if "port" in ref:
            found = [l for l in found if l.port == ref["port"]]
        if not found:
            self.complain(route, "%s has no listener %s" % (
                parent, ref.get("sectionName", ref.get("port"))))
        accepted = [l for l in found
                    if l.accepts_kind(route.kind) and l.accepts_namespace(route.namespace)]
        if found and not accepted:
            self.complain(route, "no listener of %s accepts its kind and namespace" % parent)
        return accepted

    def matches(self, route, listeners, taken):
        """The same hostname and match on one listener: one of the two never gets a request."""
        for listener in listeners:
            for hostname in route.spec.get("hostnames") or [""]:
                shared = intersect(listener.hostname.lower(), hostname.lower())
                if shared is None:
                    continue
                for i, rule in enumerate(route.spec.get("rules", [])):
                    for match in rule.get("matches") or [{"path": {"type": "PathPrefix", "value": "/"}}]:
                        key = (route.kind, str(listener), shared, json.dumps(match, sort_keys=True))
                        place = "%s rule %d" % (route, i)
                        first = taken.setdefault(key, place)
                        if first != place:
                            self.complain(place, "matches what %s matches: %s %s" % (
                                first, shared or "any host", key[3]))

    def backends(self, route):
        for rule in route.spec.get("rules", []):
            refs = list(rule.get("backendRefs", []))
            filters = rule.get("filters", []) + [f for ref in refs for f in ref.get("filters", [])]
            refs += [f["requestMirror"]["backendRef"] for f in filters if "requestMirror" in f]
            refs += [f["externalAuth"]["backendRef"] for f in filters if "externalAuth" in f]
            for ref in refs:
                self.granted(route, ref.get("group", ""), ref.get("kind", "Service"), ref)

    def granted(self, user, group, kind, ref):
        target = ref.get("namespace", user.namespace)
        if target == user.namespace:
            return
        for grant in self.grants:
            if grant.namespace == target and any(
                    f["kind"] == user.kind and f["group"] == user.group
                    and f["namespace"] == user.namespace for f in grant.spec["from"]) and any(
                    t["kind"] == kind and t["group"] == group
                    and t.get("name", ref["name"]) == ref["name"] for t in grant.spec["to"]):
                return
        self.complain(user, "no ReferenceGrant lets it use %s %s/%s" % (kind, target, ref["name"]))


def check(values):
    """Complaints about a list of objects that passed the schema."""
    return Output(values).check()


# ---- self-test ----

GATEWAY = {
    "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
    "metadata": {"name": "g", "namespace": "infra"},
    "spec": {"gatewayClassName": "c", "listeners": [{
        "name": "a", "port": 443, "protocol": "HTTPS", "hostname": "*.example.com",
        "tls": {"certificateRefs": [{"name": "s", "namespace": "web"}]},
        "allowedRoutes": {"namespaces": {"from": "Selector", "selector": {"matchExpressions": [
            {"key": "kubernetes.io/metadata.name", "operator": "In", "values": ["web"]}]}}},
    }]},
}
ROUTE = {
    "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
    "metadata": {"name": "r", "namespace": "web"},
    "spec": {"parentRefs": [{"name": "g", "namespace": "infra", "sectionName": "a"}],
             "hostnames": ["a.example.com"],
             "rules": [{"backendRefs": [{"name": "b", "port": 80}]}]},
}
GRANT = {
    "apiVersion": "gateway.networking.k8s.io/v1", "kind": "ReferenceGrant",
    "metadata": {"name": "x", "namespace": "web"},
    "spec": {"from": [{"group": GATEWAY_GROUP, "kind": "Gateway", "namespace": "infra"}],
             "to": [{"group": "", "kind": "Secret", "name": "s"}]},
}


def changed(value, path, new):
    """A deep copy with one field set, or removed when `new` is None."""
    value = json.loads(json.dumps(value))
    *way, last = path
    at = value
    for step in way:
        at = at[step]
    if new is None:
        del at[last]
    else:
        at[last] = new
    return value


LISTENER = ("spec", "listeners", 0)


def self_test(tally):
    """A sound output, and one change each that breaks it."""
    sound = [GATEWAY, ROUTE, GRANT]
    tally.check("references: a sound output", check(sound) == [], str(check(sound)))
    for name, broken in {
        "no grant": [GATEWAY, ROUTE],
        "grant for another Secret": [GATEWAY, ROUTE, changed(GRANT, ("spec", "to", 0, "name"), "t")],
        "unknown listener": [GATEWAY, changed(ROUTE, ("spec", "parentRefs", 0, "sectionName"), "b"), GRANT],
        "another hostname": [GATEWAY, changed(ROUTE, ("spec", "hostnames"), ["a.example.org"]), GRANT],
        "one dead hostname": [GATEWAY, changed(ROUTE, ("spec", "hostnames"),
                                               ["a.example.com", "example.com"]), GRANT],
        "another namespace": [GATEWAY, changed(ROUTE, ("metadata", "namespace"), "shop"), GRANT],
        "kind of another protocol": [changed(GATEWAY, LISTENER + ("protocol",), "TLS"), ROUTE, GRANT],
        "backend elsewhere": [GATEWAY, changed(ROUTE, ("spec", "rules", 0, "backendRefs", 0, "namespace"),
                                               "shop"), GRANT],
        "no parent": [GATEWAY, changed(ROUTE, ("spec", "parentRefs"), []), GRANT],
        "the same match twice": sound + [changed(ROUTE, ("metadata", "name"), "s")],
        "the same listener twice": [changed(GATEWAY, ("spec", "listeners"), 2 * [
            GATEWAY["spec"]["listeners"][0]]), ROUTE, GRANT],
    }.items():
        tally.check("references: %s" % name, check(broken) != [], "not noticed")
