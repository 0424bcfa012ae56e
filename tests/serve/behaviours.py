#!/usr/bin/env python3
"""43 behaviours that people who migrate rely on, checked on real sockets: each Ingress is served as its
controller would (`serve --as=ingress`) and as the Gateway would (`serve`, converted), the same requests are sent to
both, and both are held against what is known of the behaviour. Where the converted route rightly answers in
another way, that answer is stated here together with the finding that announces it.

Prints one line a check, with the number of the list.

usage: behaviours.py [NUMBER...]
"""

import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

import program  # noqa: E402
from server import Serve, Wire, request  # noqa: E402
from tally import Tally  # noqa: E402

NGINX = "nginx.ingress.kubernetes.io/"
TRAEFIK = "traefik.ingress.kubernetes.io/"
HOST = "shop.example.com"
ORIGIN = "https://front.example.com"
CHECKS = []


# ---- manifests ----

def path(at="/", service="app", kind="Prefix", port=80):
    return {"path": at, "pathType": kind, "backend": {"service": {"name": service, "port": {"number": port}}}}


def ingress(name, paths=None, host=HOST, secret=None, cls="nginx", prefix=NGINX, **annotations):
    made = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
            "metadata": {"name": name, "namespace": "web", "annotations": {
                prefix + key.replace("__", ".").replace("_", "-"): value for key, value in annotations.items()}},
            "spec": {"ingressClassName": cls,
                     "rules": [{"host": host, "http": {"paths": paths or [path()]}}]}}
    if secret:
        made["spec"]["tls"] = [{"hosts": [host], "secretName": secret}]
    return made


def make_certificate(folder, name):
    """Paths of a certificate for the name and of its key."""
    paths = [os.path.join(folder, name + end) for end in (".crt", ".key")]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "30", "-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:" + name, "-out", paths[0],
                    "-keyout", paths[1]], check=True, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return paths


def read(name):
    with open(name, encoding="ascii") as file:
        return file.read()


def secret(name, paths, kind="kubernetes.io/tls", **more):
    data = {"tls.crt": read(paths[0]), "tls.key": read(paths[1])} if kind == "kubernetes.io/tls" else {}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": "web"}, "type": kind,
            "stringData": {**data, **more}}


class TlsBackend:
    """A server that ends TLS itself and answers every request with its own name."""

    def __init__(self, paths, name):
        self.name, self.paths = name, paths
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*paths)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.one, args=(peer,), daemon=True).start()

    def one(self, peer):
        try:
            with Wire(None, sock=self.context.wrap_socket(peer, server_side=True)) as wire:
                while True:
                    line = wire.line()
                    wire.fields()
                    body = ("%s %s" % (self.name, line)).encode()
                    wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        except (OSError, EOFError, ValueError):
            pass

    def close(self):
        self.socket.close()


# ---- asking ----

class Reply:
    def __init__(self, answer):
        self.status, self.answer = answer.status, answer
        self.location = answer.get("Location")
        try:
            self.echo = json.loads(answer.body)
        except ValueError:
            self.echo = {}
        self.service = self.echo.get("service")
        self.body = answer.body.decode("latin-1")

    def get(self, name):
        return self.answer.get(name)

    def words(self, name):
        """Parts of a list header in lower case."""
        return {word.strip().lower() for word in (self.get(name) or "").split(",") if word.strip()}

    def __str__(self):
        return "%s %s %s %s" % (self.status, self.location or "", self.service or self.body[:60],
                                [h for h in self.answer.headers if h[0].lower().startswith("access-")])


class Side:
    """One of the two worlds."""

    def __init__(self, serve, as_ingress):
        self.serve, self.as_ingress = serve, as_ingress

    def get(self, target="/", host=HOST, method="GET", headers=(), tls=False, trust=None):
        address = self.serve.address(443 if tls else 80, "nginx" if self.as_ingress else None)
        sock = None
        if tls:
            context = ssl.create_default_context(cafile=trust)
            if not trust:
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            sock = context.wrap_socket(socket.create_connection(address, 20), server_hostname=host)
        with Wire(address, sock=sock) as wire:
            wire.send(request(host, target, method, headers, close=True))
            return Reply(wire.answer(method))

    def certificate(self, host):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(socket.create_connection(self.serve.address(443), 20), server_hostname=host) as sock:
            return sock.getpeercert(binary_form=True)


class Failed(Exception):
    pass


def expect(what, condition, reply=""):
    if not condition:
        raise Failed("%s: got %s" % (what, reply))


def preflight(side, method="POST", headers="Content-Type", origin=ORIGIN):
    return side.get(method="OPTIONS", headers=[("Origin", origin), ("Access-Control-Request-Method", method),
                                               ("Access-Control-Request-Headers", headers)])


def check(number, title, *args, announced=()):
    """A check is a function of (world, items): it yields what to serve, and asks a side. `args` are flags of the
    conversion; `announced` are codes that have to be raised for what the function expects of the Gateway alone."""
    def add(function):
        CHECKS.append((number, title, list(args), announced, function))
        return function
    return add


class World:
    """Files and backends of one check."""

    def __init__(self, folder):
        self.folder, self.backends, self.servers = folder, [], []

    def certificate(self, name):
        return make_certificate(self.folder, name)

    def tls_backend(self, service, name, port=443):
        paths = self.certificate(name)
        server = TlsBackend(paths, service)
        self.servers.append(server)
        self.backends.append("--backend=web/%s:%d=%s" % (service, port, server.address))
        return paths

    def close(self):
        for server in self.servers:
            server.close()


# ---- 1, 2: plain ----

@check(1, "one Ingress, then two: GET /")
def plain(world):
    return [ingress("a"), ingress("b", host="b.example.com", paths=[path(service="other")])], plain_ask


def plain_ask(side):
    for host, service in ((HOST, "app"), ("b.example.com", "other")):
        reply = side.get(host=host)
        expect("200 of " + service, (reply.status, reply.service) == (200, service), reply)
    reply = side.get(host="nobody.example.com")
    expect("404 for a host that nobody has", reply.status == 404, reply)


@check(2, "Ingresses of two controllers side by side")
def two_controllers(world):
    items = [ingress("a"), ingress("b", host="kong.example.com", cls="kong", paths=[path(service="other")])]

    def ask(side):
        # Each controller has an address of its own, and this is nginx's; the Gateways share one here.
        hosts = (HOST,) if side.as_ingress else (HOST, "kong.example.com")
        for host in hosts:
            expect("200", side.get(host=host).status == 200, side.get(host=host))
    return items, ask


# ---- 3 to 5: TLS to the backend ----

def backend_tls(world, **more):
    paths = world.tls_backend("app", "app.web.svc.cluster.local")
    items = [ingress("a", [path(port=443)], backend_protocol="HTTPS", proxy_ssl_verify="on",
                     proxy_ssl_secret="web/ca", proxy_ssl_server_name="on",
                     proxy_ssl_name="app.web.svc.cluster.local", **more),
             secret("ca", paths, kind="Opaque", **{"ca.crt": read(paths[0])})]

    def ask(side, target="/hostname"):
        reply = side.get(target)
        expect("200 over TLS", reply.status == 200 and reply.body.startswith("app GET /hostname"), reply)
    return items, ask


@check(3, "backend-protocol HTTPS, certificate verified")
def tls_backend(world):
    return backend_tls(world)


@check(4, "the same with proxy-ssl-verify-depth and proxy-ssl-protocols", announced=("I2G510",))
def tls_backend_more(world):
    return backend_tls(world, proxy_ssl_verify_depth="2", proxy_ssl_protocols="TLSv1.2 TLSv1.3")


@check(5, "TLS to the backend: the body arrives; a certificate of somebody else does not")
def tls_backend_body(world):
    items, _ = backend_tls(world)
    stranger = make_certificate(world.folder, "stranger")
    items[1]["stringData"]["ca.crt"] = read(stranger[0])

    def refused(side):
        reply = side.get("/hostname")
        expect("502 when the certificate is not trusted", reply.status in (502, 503), reply)
    return items, refused


# ---- 6 to 8: canary ----

def share(side, headers=()):
    """Percent of 200 requests that the canary gets."""
    return sum(side.get("/hostname", headers=headers).service == "canary" for _ in range(200)) / 2


def canary(**annotations):
    return [ingress("a"), ingress("b", [path(service="canary")], canary="true", **annotations)]


@check(6, "canary-weight 20: 10 to 30 % of 200 requests")
def canary_weight(world):
    def ask(side):
        got = share(side)
        expect("10 to 30 % go to the canary", 10 <= got <= 30, got)
    return canary(canary_weight="20"), ask


@check(7, "canary-by-header: always, and without the header")
def canary_header(world):
    def ask(side):
        for headers, service in (([("X-Canary", "always")], "canary"), ([], "app"), ([("X-Canary", "never")], "app")):
            reply = side.get("/hostname", headers=headers)
            expect("%s gets %s" % (headers, service), reply.service == service, reply)
    return canary(canary_by_header="X-Canary"), ask


@check(8, "canary by header and weight")
def canary_both(world):
    def ask(side):
        expect("always", side.get(headers=[("X-Canary", "always")]).service == "canary")
        expect("never", side.get(headers=[("X-Canary", "never")]).service == "app")
        got = share(side)
        expect("10 to 30 % of the others", 10 <= got <= 30, got)
    return canary(canary_by_header="X-Canary", canary_weight="20"), ask


# ---- 9 to 14: CORS ----

CORS = dict(enable_cors="true", cors_allow_origin=ORIGIN, cors_allow_methods="GET, POST, OPTIONS",
            cors_allow_headers="Content-Type, X-Custom", cors_allow_credentials="true", cors_max_age="600",
            cors_expose_headers="X-One, X-Two")


@check(9, "CORS, everything set: the preflight")
def cors_preflight(world):
    def ask(side):
        reply = preflight(side)
        expect("200 or 204", reply.status in (200, 204), reply)
        expect("the origin", reply.get("Access-Control-Allow-Origin") == ORIGIN, reply)
        expect("methods", {"get", "post", "options"} <= reply.words("Access-Control-Allow-Methods"), reply)
        expect("headers", {"content-type", "x-custom"} <= reply.words("Access-Control-Allow-Headers"), reply)
        expect("credentials", reply.get("Access-Control-Allow-Credentials") == "true", reply)
        expect("max-age", reply.get("Access-Control-Max-Age") == "600", reply)
    return [ingress("a", **CORS)], ask


@check(10, "CORS, everything set: the request itself")
def cors_request(world):
    def ask(side):
        reply = side.get(headers=[("Origin", ORIGIN)])
        expect("the origin", reply.get("Access-Control-Allow-Origin") == ORIGIN, reply)
        expect("credentials", reply.get("Access-Control-Allow-Credentials") == "true", reply)
        expect("exposed", {"x-one", "x-two"} <= reply.words("Access-Control-Expose-Headers"), reply)
    return [ingress("a", **CORS)], ask


def credentials(side, reply):
    """Browsers refuse credentials for any origin (Fetch 3.3.5), and so does Gateway API: the field is dropped."""
    wanted = "true" if side.as_ingress else None
    expect("credentials %s" % wanted, reply.get("Access-Control-Allow-Credentials") == wanted, reply)


@check(11, "CORS by its defaults: the preflight", announced=("I2G311",))
def cors_defaults(world):
    def ask(side):
        reply = preflight(side, "GET")
        expect("200 or 204", reply.status in (200, 204), reply)
        expect("any origin", reply.get("Access-Control-Allow-Origin") in ("*", ORIGIN), reply)
        expect("six methods", {"get", "put", "post", "delete", "patch", "options"}
               <= reply.words("Access-Control-Allow-Methods"), reply)
        expect("its headers", {"dnt", "keep-alive", "user-agent", "x-requested-with", "if-modified-since",
                               "cache-control", "content-type", "range", "authorization"}
               <= reply.words("Access-Control-Allow-Headers"), reply)
        credentials(side, reply)
        expect("max-age", reply.get("Access-Control-Max-Age") == "1728000", reply)
    return [ingress("a", enable_cors="true")], ask


@check(12, "CORS by its defaults: the request itself", announced=("I2G311",))
def cors_defaults_request(world):
    def ask(side):
        reply = side.get(headers=[("Origin", ORIGIN)])
        expect("any origin", reply.get("Access-Control-Allow-Origin") in ("*", ORIGIN), reply)
        credentials(side, reply)
    return [ingress("a", enable_cors="true")], ask


@check(13, "CORS: an origin that is not allowed")
def cors_denied(world):
    def ask(side):
        for reply in (preflight(side, origin="https://evil.example"),
                      side.get(headers=[("Origin", "https://evil.example")])):
            expect("no origin", reply.get("Access-Control-Allow-Origin") is None, reply)
    return [ingress("a", **CORS)], ask


@check(14, "CORS: a method and a header that are not allowed")
def cors_denied_more(world):
    def ask(side):
        reply = preflight(side, "DELETE", "X-Not-Allowed")
        expect("200 or 204", reply.status in (200, 204), reply)
        expect("the origin", reply.get("Access-Control-Allow-Origin") == ORIGIN, reply)
        methods = reply.words("Access-Control-Allow-Methods")
        expect("GET, POST and not DELETE", {"get", "post"} <= methods and "delete" not in methods, reply)
        headers = reply.words("Access-Control-Allow-Headers")
        expect("only the header that is allowed", headers == {"content-type"}, reply)
    return [ingress("a", enable_cors="true", cors_allow_origin=ORIGIN, cors_allow_methods="GET, POST",
                    cors_allow_headers="Content-Type")], ask


# ---- 15: rewrite ----

@check(15, "rewrite-target and x-forwarded-prefix")
def rewrite(world):
    def ask(side):
        reply = side.get("/abc")
        expect("path /header at the backend", reply.echo.get("path") == "/header", reply)
        expect("X-Forwarded-Prefix", reply.echo["headers"].get("X-Forwarded-Prefix") == ["/abc"], reply.echo)
    return [ingress("a", [path("/abc")], rewrite_target="/header", x_forwarded_prefix="/abc")], ask


# ---- 16 to 18: TLS ----

@check(16, "TLS with the certificate of the Secret")
def tls(world):
    paths = world.certificate(HOST)

    def ask(side):
        reply = side.get(tls=True, trust=paths[0])
        expect("200", reply.status == 200, reply)
    return [ingress("a", secret="own"), secret("own", paths)], ask


@check(17, "TLS: plain HTTP is redirected with 308")
def tls_redirect(world):
    def ask(side):
        reply = side.get()
        expect("308", reply.status == 308, reply)
        expect("Location", reply.location in ("https://" + HOST, "https://" + HOST + "/"), reply)
    return [ingress("a", secret="own"), secret("own", world.certificate(HOST))], ask


@check(18, "ssl-redirect false: both are answered")
def no_redirect(world):
    def ask(side):
        expect("https", side.get(tls=True).status == 200)
        expect("http", side.get().status == 200, side.get())
    return [ingress("a", secret="own", ssl_redirect="false"), secret("own", world.certificate(HOST))], ask


# ---- 19, 20: timeouts ----

TIMEOUTS = dict(proxy_connect_timeout="1", proxy_read_timeout="1", proxy_send_timeout="1")


@check(19, "timeouts: a backend that is slow within them")
def slow(world):
    def ask(side):
        expect("200", side.get("/?delay=4s").status == 200)
    return [ingress("a", **dict.fromkeys(TIMEOUTS, "5"))], ask


@check(20, "timeouts: a backend that is slower", announced=("I2G402",))
def slower(world):
    def ask(side):
        reply = side.get("/?delay=2500ms")
        # The time between two bytes has no field: the whole request has one, which is larger.
        expect("504, or 200 by the Gateway", reply.status == 504 or
               (not side.as_ingress and reply.status == 200), reply)
    return [ingress("a", **TIMEOUTS)], ask


# ---- 21 to 28: redirects ----

def redirects(number, title, status, location, target="/", announced=(), gateway=None, **annotations):
    """`gateway` is (status, location) where it differs."""
    @check(number, title, announced=announced)
    def one(world):
        def ask(side):
            reply = side.get(target)
            wanted = (status, location) if side.as_ingress or not gateway else gateway
            expect("%s %s" % wanted, (reply.status, reply.location) == wanted, reply)
        return [ingress("a", **annotations)], ask
    return one


redirects(21, "permanent-redirect", 301, "https://new.example.com/", permanent_redirect="https://new.example.com/")
redirects(22, "permanent-redirect with its code", 301, "https://new.example.com/x",
          permanent_redirect="https://new.example.com/x", permanent_redirect_code="301")
redirects(23, "temporal-redirect", 302, "https://new.example.com/", temporal_redirect="https://new.example.com/")
redirects(24, "temporal-redirect with its code", 302, "https://new.example.com/x",
          temporal_redirect="https://new.example.com/x", temporal_redirect_code="302")
redirects(25, "permanent-redirect to a host alone: the path is dropped", 301, "https://new.example.com",
          target="/some/path", permanent_redirect="https://new.example.com",
          gateway=(301, "https://new.example.com/"))
redirects(26, "temporal-redirect with a port", 302, "https://new.example.com:8443/x",
          temporal_redirect="https://new.example.com:8443/x")
redirects(27, "both redirects: the temporal one", 302, "https://t.example.com/",
          permanent_redirect="https://p.example.com/", temporal_redirect="https://t.example.com/")


@check(28, "from-to-www-redirect", announced=("I2G226",))
def www(world):
    def ask(side):
        expect("200 at the apex", side.get(host="example.com").status == 200)
        reply = side.get(host="www.example.com")
        # nginx writes the port into the Location, a Gateway leaves 80 out.
        wanted = "http://example.com:80" if side.as_ingress else "http://example.com"
        expect("301 or 308 to the apex", reply.status in (301, 308) and
               (reply.location or "").rstrip("/") == wanted, reply)
    return [ingress("a", host="example.com", from_to_www_redirect="true")], ask


# ---- 29 to 31: regular expressions ----

@check(29, "use-regex holds for all Ingresses of its host")
def regex_of_host(world):
    def ask(side):
        for at, service in (("/hostname", "app"), ("/clientip", "other")):
            reply = side.get(at)
            expect("%s by %s" % (at, service), (reply.status, reply.service) == (200, service), reply)
    return [ingress("a", [path("/hoSTn", kind="Exact")]),
            ingress("b", [path("/cliEnt.+", "other", "ImplementationSpecific")], use_regex="true")], ask


@check(30, "rewrite-target makes all paths of its host regular expressions")
def regex_by_rewrite(world):
    def ask(side):
        for at, service in (("/hostname", "app"), ("/clientip", "other")):
            reply = side.get(at)
            expect("%s by %s" % (at, service), (reply.status, reply.service) == (200, service), reply)
    return [ingress("a", [path("/hostn", kind="Exact")]),
            ingress("b", [path("/client.+", "other", "ImplementationSpecific")], rewrite_target="/")], ask


@check(31, "regular expression /$ takes / only")
def regex_end(world):
    def ask(side):
        for at, status in (("/", 200), ("/hostname", 404), ("/hostname/", 404)):
            reply = side.get(at)
            expect("%s: %d" % (at, status), reply.status == status, reply)
    return [ingress("a", [path("/$", kind="ImplementationSpecific")], use_regex="true")], ask


# ---- 32 to 36: app-root ----

def app_root(number, title, asks, paths=None, root="/dashboard"):
    @check(number, title)
    def one(world):
        def ask(side):
            for at, status in asks:
                reply = side.get(at)
                expect("%s: %d" % (at, status), reply.status == status, reply)
                if status == 302:
                    expect("to " + root, (reply.location or "").endswith(root), reply)
        return [ingress("a", paths, app_root=root)], ask
    return one


app_root(32, "app-root, Prefix /", [("/", 302), ("/hostname", 200)])
app_root(33, "app-root, Exact /", [("/", 302)], [path(kind="Exact")], "/app1")
app_root(34, "app-root without a path /", [("/", 302), ("/foo", 200)], [path("/foo")])
app_root(35, "app-root that is a URL is ignored", [("/", 200)], root="https://new.example.com/app")
app_root(36, "app-root and another backend", [("/", 302), ("/app1", 200)], [path(), path("/app1", "other")], "/app1")


# ---- 37 to 40: passthrough ----

def der(paths):
    return ssl.PEM_cert_to_DER_cert(read(paths[0]))


def passes(side, host, paths, service):
    expect("the backend's own certificate for " + host, side.certificate(host) == der(paths))
    reply = side.get(host=host, tls=True, trust=paths[0])
    expect("200 by " + service, reply.status == 200 and reply.body.startswith(service + " GET /"), reply)


@check(37, "ssl-passthrough", "--channel=experimental")
def passthrough(world):
    paths = world.tls_backend("app", HOST)
    return [ingress("a", [path(port=443)], ssl_passthrough="true")], lambda side: passes(side, HOST, paths, "app")


@check(38, "ssl-passthrough beside a plain host", "--channel=experimental")
def passthrough_and_plain(world):
    paths = world.tls_backend("app", HOST)

    def ask(side):
        passes(side, HOST, paths, "app")
        reply = side.get("/hostname", host="plain.example.com")
        expect("200 by other", (reply.status, reply.service) == (200, "other"), reply)
    return [ingress("a", [path(port=443)], ssl_passthrough="true"),
            ingress("b", [path(service="other")], host="plain.example.com")], ask


@check(39, "two hosts with ssl-passthrough", "--channel=experimental")
def passthrough_twice(world):
    first, second = world.tls_backend("app", HOST), world.tls_backend("other", "b.example.com")

    def ask(side):
        passes(side, HOST, first, "app")
        passes(side, "b.example.com", second, "other")
    return [ingress("a", [path(port=443)], ssl_passthrough="true"),
            ingress("b", [path(service="other", port=443)], host="b.example.com", ssl_passthrough="true")], ask


@check(40, "ssl-passthrough shares its host with plain paths", "--channel=experimental")
def passthrough_shared(world):
    paths = world.tls_backend("app", HOST)

    def ask(side):
        passes(side, HOST, paths, "app")
        for at, service in (("/path-a", "one"), ("/path-b", "two")):
            reply = side.get(at)
            expect("%s by %s" % (at, service), (reply.status, reply.service) == (200, service), reply)
    made = [ingress("a", [path(port=443)], ssl_passthrough="true"),
            ingress("b", [path("/path-a", "one"), path("/path-b", "two")])]
    # The older one makes the host, and whether its TLS passes is read there only (createServers()).
    for year, item in zip((2024, 2025), made):
        item["metadata"]["creationTimestamp"] = "%d-01-01T00:00:00Z" % year
    return made, ask


# ---- 41 to 43: traefik, whose Ingresses go by the words of the Ingress API here ----

def traefik(number, title, tls, **annotations):
    @check(number, title)
    def one(world):
        def ask(side):
            reply = side.get(tls=tls)
            expect("200", (reply.status, reply.service) == (200, "app"), reply)
        items = [ingress("a", cls="traefik", prefix=TRAEFIK, secret="own" if tls else None, **annotations)]
        return items + ([secret("own", world.certificate(HOST))] if tls else []), ask
    return one


traefik(41, "traefik, entry point websecure", True, router__entrypoints="websecure", router__tls="true")
traefik(42, "traefik, entry point web", False, router__entrypoints="web")
traefik(43, "traefik, an annotation that is not known", False, router__priority="10")


# ---- the test ----

def complaints_of(world, name, args, ask, as_ingress):
    try:
        with Serve(name, *(args + world.backends + (["--as=ingress"] if as_ingress else []))) as serve:
            ask(Side(serve, as_ingress))
    except (Failed, AssertionError, OSError, EOFError, KeyError) as error:
        return ["%s: %s: %s" % ("Ingress" if as_ingress else "Gateway", type(error).__name__, error)]
    return []


def run_check(number, args, announced, function):
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder)
        items, ask = function(world)
        name = os.path.join(folder, "in.json")
        with open(name, "w", encoding="utf-8") as file:
            json.dump({"apiVersion": "v1", "kind": "List", "items": items}, file)
        try:
            complaints = complaints_of(world, name, args, ask, True)
            complaints += complaints_of(world, name, args, ask, False)
        finally:
            world.close()
        codes = program.convert([name], *args).codes()
    return complaints + ["no finding %s announces it: %s" % (code, sorted(codes))
                         for code in announced if code not in codes]


def main():
    tally = Tally("behaviours")
    wanted = {int(word) for word in sys.argv[1:]}
    for number, title, args, announced, function in CHECKS:
        if wanted and number not in wanted:
            continue
        complaints = run_check(number, args, announced, function)
        print("%s %2d %s" % ("ok    " if not complaints else "NOT OK", number, title), flush=True)
        tally.check("%d %s" % (number, title), not complaints, "\n".join(complaints))
    tally.check("there are 43", wanted or [c[0] for c in CHECKS] == list(range(1, 44)))
    tally.finish()


main()
