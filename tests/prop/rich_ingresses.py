"""Ingress sets with everything that has a conversion: every annotation that becomes a field of Gateway API,
guards, options of the controller, certificates, Services that are missing, encrypted or without endpoints,
several namespaces, emitters, channels and topologies. Values are those that the controller takes: what it
makes of others is asked by random_ingresses.py.
"""

import random

from random_ingresses import NGINX

HOSTS = ["a.example", "b.example", "c.example", "www.c.example", "*.a.example", "x.a.example", "*.x.a.example", "",
         "UPPER.example"]
LITERALS = ["/", "/", "/app", "/app/v1", "/app/", "/api", "/api/", "/a", "/x-y_z~", "/v1.0", "/App", "/app/v1/deep",
            "/.well-known/acme-challenge"]
PATTERNS = ["/app(/|$)(.*)", "/api/(.*)", "/api/?(.*)", "/(.*)", "/.*", "/app/(.+)", "/app/(.*)$", "/app()(.*)",
            "/v[0-9]+", "/api|/v2", "/app$", "/a\\.b", "/[^/]+/edit", "/shop/(a|b)/(.*)", "/app/v1(/.*)?", "/ap"]
TARGETS = ["/", "/$1", "/$2", "/new", "/new/", "/new/$1", "/new/$2", "/app", "/api", "/$1/$2", "https://t.example/y"]
REDIRECTS = ["https://new.example", "https://new.example/p", "http://new.example:8080/p/", "https://b.example/x",
             "https://new.example/p?q=1"]

# Annotation, how often, values. Of a group all are set, each with that chance of its own after the first.
NOTES = [
    [("use-regex", 0.15, ["true"])],
    [("rewrite-target", 0.2, TARGETS), ("x-forwarded-prefix", 0.3, ["/pre"])],
    [("app-root", 0.06, ["/home", "/app", "/"])],
    [("ssl-redirect", 0.2, ["false", "true"])],
    [("force-ssl-redirect", 0.12, ["true", "true", "false"])],
    [("preserve-trailing-slash", 0.1, ["true", "false"])],
    [("use-port-in-redirects", 0.06, ["true"])],
    [("permanent-redirect", 0.06, REDIRECTS + ["/rel"]), ("permanent-redirect-code", 0.4, ["302", "308", "309"])],
    [("temporal-redirect", 0.05, REDIRECTS), ("temporal-redirect-code", 0.4, ["301", "307", "308"])],
    [("relative-redirects", 0.08, ["true"])],
    [("from-to-www-redirect", 0.08, ["true"])],
    [("server-alias", 0.08, ["alias.example,x.a.example", "*.alias.example", "deep.x.a.example", "b.example"])],
    [("upstream-vhost", 0.06, ["inner.example", "$service_name.example"])],
    [("enable-cors", 0.15, ["true"]), ("cors-allow-origin", 0.5, ["https://o.example", "https://*.o.example", "*"]),
     ("cors-allow-methods", 0.3, ["GET, PUT"]), ("cors-allow-headers", 0.3, ["X-A,X-B"]),
     ("cors-expose-headers", 0.3, ["X-C"]), ("cors-allow-credentials", 0.3, ["true", "false"]),
     ("cors-max-age", 0.3, ["60", "0"])],
    [("custom-headers", 0.08, ["web/shown"])],
    [("proxy-body-size", 0.12, ["0", "1m", "2k"])],
    [("proxy-read-timeout", 0.08, ["5", "60"]), ("proxy-connect-timeout", 0.5, ["7"]), ("proxy-send-timeout", 0.5, ["9"])],
    [("proxy-next-upstream", 0.06, ["error http_503", "off", "error timeout http_502"]),
     ("proxy-next-upstream-tries", 0.5, ["2"]), ("proxy-next-upstream-timeout", 0.5, ["3"])],
    [("affinity", 0.1, ["cookie"]), ("session-cookie-name", 0.5, ["route"]), ("session-cookie-max-age", 0.4, ["60"]),
     ("session-cookie-path", 0.3, ["/"]), ("affinity-mode", 0.3, ["persistent"]),
     ("affinity-canary-behavior", 0.3, ["legacy"])],
    [("upstream-hash-by", 0.04, ["$request_uri"])],
    [("custom-http-errors", 0.1, ["404,503", "413", "403,503"]), ("default-backend", 0.7, ["errors", "missing"])],
    [("default-backend", 0.06, ["errors"])],
    [("mirror-target", 0.06, ["http://copy.web.svc.cluster.local/$request_uri", "https://copy.example$request_uri"]),
     ("mirror-request-body", 0.4, ["off"])],
    [("backend-protocol", 0.12, ["HTTPS", "GRPC", "GRPCS", "HTTP", "AUTO_HTTP", "FCGI"]),
     ("proxy-ssl-secret", 0.4, ["web/ca"]), ("proxy-ssl-verify", 0.6, ["on", "off"]),
     ("proxy-ssl-name", 0.4, ["inner.example"]), ("proxy-ssl-server-name", 0.4, ["on"])],
    [("ssl-passthrough", 0.04, ["true"])],
]
GUARDS = [
    [("auth-url", 0.08, ["http://auth.web.svc.cluster.local/verify", "https://auth.example/check"]),
     ("auth-response-headers", 0.3, ["X-User"]), ("auth-signin", 0.2, ["https://login.example/start"])],
    [("auth-type", 0.05, ["basic", "digest"]), ("auth-secret", 1.0, ["web/users"]), ("satisfy", 0.2, ["any"])],
    [("allowlist-source-range", 0.08, ["10.0.0.0/8", "10.0.0.0/8,192.0.2.1", "2001:db8::/32", "0.0.0.0/0"])],
    [("denylist-source-range", 0.06, ["203.0.113.0/24", "10.1.0.0/16"])],
    [("auth-tls-secret", 0.04, ["web/clients"]), ("auth-tls-verify-client", 0.5, ["on", "optional", "off"])],
    [("limit-rps", 0.04, ["5"])],
    [("limit-connections", 0.03, ["3"])],
    [("enable-modsecurity", 0.02, ["true"])],
    [("configuration-snippet", 0.03, ["deny all;", "allow 10.0.0.0/8;\ndeny all;", "more_set_headers \"X-A: b\";"])],
]
CANARY = [[("canary-weight", 0.6, ["0", "10", "100"]), ("canary-weight-total", 0.2, ["200", "50"])],
          [("canary-by-header", 0.6, ["X-Canary"]), ("canary-by-header-value", 0.25, ["yes"]),
           ("canary-by-header-pattern", 0.25, ["^y", "es|no"])],
          [("canary-by-cookie", 0.3, ["c"])]]
OPTIONS = [
    ("ssl-redirect", 0.1, ["false"]), ("force-ssl-redirect", 0.1, ["true"]), ("hsts", 0.2, ["false"]),
    ("hsts-preload", 0.1, ["true"]), ("use-forwarded-headers", 0.35, ["true"]),
    ("http-redirect-code", 0.15, ["301", "307"]), ("no-tls-redirect-locations", 0.1, ["/app", ""]),
    ("preserve-trailing-slash", 0.1, ["true"]), ("relative-redirects", 0.1, ["true"]),
    ("proxy-body-size", 0.1, ["0", "8m"]), ("proxy-read-timeout", 0.1, ["5"]), ("custom-http-errors", 0.1, ["404,503"]),
    ("disable-proxy-intercept-errors", 0.1, ["true"]), ("annotations-risk-level", 0.2, ["Critical"]),
    ("allow-snippet-annotations", 0.2, ["true"]), ("block-user-agents", 0.08, ["qwerty", "~*bot"]),
    ("block-referers", 0.08, ["http://bad.example/"]), ("block-cidrs", 0.06, ["203.0.113.0/24"]),
    ("denylist-source-range", 0.06, ["203.0.113.0/24"]), ("whitelist-source-range", 0.06, ["10.0.0.0/8"]),
    ("global-auth-url", 0.06, ["http://auth.web.svc.cluster.local/verify"]), ("no-auth-locations", 0.1, ["/app"]),
    ("global-allowed-response-headers", 0.5, ["X-Shown"]), ("add-headers", 0.06, ["web/shown"]),
    ("proxy-set-headers", 0.06, ["web/sent"]), ("enable-underscores-in-headers", 0.05, ["true"]),
    ("compute-full-forwarded-for", 0.06, ["true"]), ("proxy-real-ip-cidr", 0.05, ["10.0.0.0/8"]),
]
EMITTERS = ["standard"] * 4 + ["envoy-gateway", "istio", "nginx-gateway-fabric", "kong", "traefik", "cilium",
                               "kgateway", "gke"]


class Generator:
    """One set of documents, and the arguments to convert it with. Each path has a Service of its own, so that
    an answer tells which path gave it."""

    def __init__(self, number):
        self.random = random.Random(number)
        self.hosts = self.random.sample(HOSTS, self.random.randint(1, 4))
        self.regex = self.chance(0.4)
        self.guards = self.chance(0.5)
        self.documents, self.services = [], []

    def pick(self, values):
        return self.random.choice(values)

    def chance(self, part):
        return self.random.random() < part

    def make(self):
        for i in range(self.random.randint(1, 5)):
            self.documents.append(self.ingress(i))
        for ingress in list(self.documents):
            if ingress["spec"].get("rules") and self.chance(0.25):
                self.documents.append(self.canary(ingress))
        return self.documents + self.services + self.neighbours()

    def args(self):
        args = ["--emitter=" + self.pick(EMITTERS)]
        for arg, part in (("--channel=experimental", 0.5), ("--listeners=listenerset", 0.1)):
            if self.chance(part):
                args.append(arg)
        return args

    def notes(self, groups):
        notes = {}
        for group in groups:
            for key, part, values in group:
                if self.chance(part):
                    notes[key] = self.pick(values)
                elif key == group[0][0]:
                    break
        return {NGINX + key: value for key, value in notes.items()}

    def metadata(self, name, namespace, notes):
        meta = {"name": name, "namespace": namespace, "annotations": notes}
        if self.chance(0.9):
            meta["creationTimestamp"] = "2024-01-%02dT00:00:00Z" % self.random.randint(1, 28)
        return meta

    def ingress(self, i):
        namespace = self.pick(["default", "default", "web"])
        notes = self.notes(NOTES)
        if self.guards and self.chance(0.5):
            notes.update(self.notes(GUARDS))
        spec = {"ingressClassName": "nginx"}
        if self.chance(0.15):
            spec["defaultBackend"] = self.backend(namespace)
        if self.chance(0.92) or "defaultBackend" not in spec:
            spec["rules"] = [self.rule(namespace) for _ in range(self.pick([1, 1, 2, 3]))]
        if self.chance(0.4):
            names = [h for h in self.hosts if h and self.chance(0.8)]
            spec["tls"] = [{"hosts": names or ["a.example"], "secretName": self.pick(["cert", "other"])}]
        return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
                "metadata": self.metadata("in-%d" % i, namespace, notes), "spec": spec}

    def rule(self, namespace):
        rule, taken, host = {"http": {"paths": []}}, set(), self.pick(self.hosts)
        if host:
            rule["host"] = host
        for _ in range(self.pick([1, 1, 2, 3])):
            path = self.pick(PATTERNS) if self.regex and self.chance(0.5) else self.pick(LITERALS)
            kind = "ImplementationSpecific" if path in PATTERNS else self.pick(["Prefix", "Prefix", "Exact"])
            if path not in taken:
                taken.add(path)
                rule["http"]["paths"].append({"path": path, "pathType": kind, "backend": self.backend(namespace)})
        return rule

    def canary(self, primary):
        """For one path of the primary, as it stands there."""
        rule = self.pick(primary["spec"]["rules"])
        meta = primary["metadata"]
        path = dict(self.pick(rule["http"]["paths"]), backend=self.backend(meta["namespace"]))
        notes = dict({NGINX + "canary": "true"}, **self.notes(CANARY))
        return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
                "metadata": self.metadata(meta["name"] + "-canary", meta["namespace"], notes),
                "spec": {"ingressClassName": "nginx", "rules": [dict(rule, http={"paths": [path]})]}}

    # ---- what Ingresses refer to ----

    def backend(self, namespace):
        name = "s%d" % len(self.services)
        port = {"port": 80}
        if self.chance(0.1):
            port = self.pick([{"port": 80, "name": "http"}, {"port": 443, "appProtocol": "https"},
                              {"port": 80, "targetPort": 8080}, {"port": 80, "appProtocol": "kubernetes.io/h2c"}])
        if not self.chance(0.05):
            self.add("v1", "Service", name, namespace, self.services, spec={"ports": [port]})
        if self.chance(0.05):
            self.add("v1", "Endpoints", name, namespace, self.services, subsets=[])
        return {"service": {"name": name, "port": {"number": port["port"]}}}

    def neighbours(self):
        made = []
        for namespace in ("default", "web"):
            self.add("v1", "Service", "errors", namespace, made, spec={"ports": [{"port": 80}]})
        self.add("v1", "Service", "auth", "web", made, spec={"ports": [{"port": 80}]})
        self.add("v1", "ConfigMap", "shown", "web", made, data={"X-Shown": "yes"})
        self.add("v1", "ConfigMap", "sent", "web", made, data={"X-Sent": "yes"})
        if self.chance(0.5):
            chosen = {key: self.pick(values) for key, part, values in OPTIONS if self.chance(part)}
            self.add("v1", "ConfigMap", "ingress-nginx-controller", "ingress-nginx", made, data=chosen)
        return made

    def add(self, version, kind, name, namespace, to, **more):
        to.append(dict({"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": namespace}}, **more))
